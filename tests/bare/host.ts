/**
 * Makes the root directory of a bare host and runs csc in it.
 *
 * @module
 */

/** Who runs csc there: a user whom no file names. */
const UID = 4242;

const HERE = new URL(".", import.meta.url).pathname;
const CSC = new URL("../../dist/csc", import.meta.url).pathname;

/** A root directory; paths are relative to its only writable folder, /data. */
export interface BareHost {
  csc(args: readonly string[]): Promise<Ended>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Every path below the root, sorted. */
  files(): Promise<string[]>;
  remove(): Promise<void>;
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes a root that holds glibc, libgcc_s, csc and an empty /data/work. */
export async function makeBareHost(): Promise<BareHost> {
  const tools = await Deno.makeTempDir({ prefix: "csc-bare-tools-" });
  const root = await Deno.makeTempDir({ prefix: "csc-bare-root-" });
  await Deno.chmod(root, 0o755);
  for (const name of ["data", "dev", "proc", "tmp", "data/work"]) {
    await Deno.mkdir(`${root}/${name}`);
  }
  for (const library of await librariesOf(CSC)) {
    const folder = library.slice(0, library.lastIndexOf("/"));
    await Deno.mkdir(root + folder, { recursive: true });
    await Deno.copyFile(library, root + library);
  }
  await Deno.copyFile(CSC, `${root}/csc`);
  await compile("greet.c", `${root}/data/work/greet`);
  await compile("enter.c", `${tools}/enter`);
  const data = `${root}/data`;
  await own(data);
  await own(`${data}/work`);
  return {
    csc: (args) =>
      run([`${tools}/enter`, root, String(UID), "/csc", ...args], {}),
    read: (path) => Deno.readTextFile(`${data}/${path}`),
    async write(path, text) {
      await Deno.writeTextFile(`${data}/${path}`, text);
      await own(`${data}/${path}`);
    },
    files: async () => (await below(root)).sort(),
    async remove() {
      await Deno.remove(tools, { recursive: true });
      await Deno.remove(root, { recursive: true });
    },
  };
}

function own(path: string): Promise<void> {
  return Deno.chown(path, UID, UID);
}

/** Shared libraries and the loader, by the names under which they are found. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run(["ldd", program], {
    PATH: Deno.env.get("PATH")!,
  });
  const found = stdout.match(/\/\S+(?= \(0x)/g) ?? [];
  if (found.length < 2) throw new Error(`ldd ${program}: ${stdout}`);
  return found;
}

async function compile(source: string, out: string): Promise<void> {
  const argv = ["cc", "-static", "-O1", "-Wall", "-Wextra", "-Werror"];
  const env = { PATH: Deno.env.get("PATH")! };
  const { code, stderr } = await run([...argv, HERE + source, "-o", out], env);
  if (code !== 0) throw new Error(`compile ${source}: ${stderr}`);
}

async function run(
  [program, ...args]: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const command = new Deno.Command(program!, { args, env, clearEnv: true });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    found.push(path);
    if (entry.isDirectory) found.push(...await below(path));
  }
  return found;
}
