/**
 * Carries out the steps of a Dockerfile in directories, where no engine is:
 * base images come from debootstrap, RUN is chroot. What only an engine adds
 * (layers, networks, its seccomp profile) is not tested here.
 *
 * @module
 */
import { execForm, type Stage } from "./dockerfile.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** A stage after its steps. */
export interface Image {
  readonly root: string;
  readonly user: string;
  readonly cwd: string;
  /** The program and its default arguments. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** Makes the root of `debian:bookworm-slim` at `root`. */
export async function bootstrap(root: string): Promise<void> {
  const mirror = "http://deb.debian.org/debian";
  await must(["debootstrap", "--variant=minbase", "bookworm", root, mirror]);
  // How this machine reaches its mirrors is no matter of the Dockerfile.
  for await (const { name } of Deno.readDir("/etc/apt/apt.conf.d")) {
    if (!/proxy|registry|mirror/.test(name)) continue;
    const file = `/etc/apt/apt.conf.d/${name}`;
    await Deno.copyFile(file, root + file);
  }
  await Deno.copyFile("/etc/resolv.conf", `${root}/etc/resolv.conf`);
  // As in the real image: a root that is thrown away need not survive a crash.
  await Deno.writeTextFile(
    `${root}/etc/dpkg/dpkg.cfg.d/unsafe-io`,
    "force-unsafe-io\n",
  );
}

/** Runs a program in an image, as its user, and gives its standard output. */
export function runIn(image: Image, argv: readonly string[]): Promise<string> {
  const script = `mount -t proc proc ${image.root}/proc && exec env -i ` +
    `PATH=${PATH} chroot --userspec=${image.user} ${image.root} "$@"`;
  return must(["unshare", "--mount", "sh", "-c", script, "sh", ...argv]);
}

/** Builds every stage in `folder` from the context; the last one is the image. */
export async function build(
  stages: readonly Stage[],
  { base, context, folder }: { base: string; context: string; folder: string },
): Promise<Image> {
  const built = new Map<string, string>();
  let image: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    const root = `${folder}/stage-${index}`;
    await must(["cp", "--archive", base, root]);
    image = await carryOut(stage, root, context, built);
    if (stage.alias !== null) built.set(stage.alias, root);
  }
  if (image === undefined) throw new Error("Dockerfile: no stage");
  return image;
}

async function carryOut(
  stage: Stage,
  root: string,
  context: string,
  built: ReadonlyMap<string, string>,
): Promise<Image> {
  let [user, cwd] = ["root", "/"];
  let entrypoint: string[] = [];
  let command: string[] = [];
  for (const { name, rest } of stage.steps) {
    if (name === "RUN") await runStep(root, cwd, user, rest);
    else if (name === "USER") user = rest;
    else if (name === "ENTRYPOINT") entrypoint = execForm(rest);
    else if (name === "CMD") command = execForm(rest);
    else if (name === "WORKDIR") {
      cwd = rest;
      await must(["chroot", root, "mkdir", "--parents", cwd]);
    } else await copyStep(root, cwd, rest, context, built);
  }
  return { root, user, cwd, entrypoint, command };
}

async function copyStep(
  root: string,
  cwd: string,
  rest: string,
  context: string,
  built: ReadonlyMap<string, string>,
): Promise<void> {
  const from = /^--from=(\S+) (\S+) (\S+)$/.exec(rest);
  if (from !== null) {
    const [, alias, source, target] = from as unknown as string[];
    await must(["cp", built.get(alias!)! + source!, root + target!]);
  } else if (rest === ". .") {
    await must(["cp", "--archive", `${context}/.`, root + cwd]);
  } else throw new Error(`Dockerfile: COPY ${rest} is not understood`);
}

/** RUN, with /proc and /dev as an engine gives them, and this machine's network. */
async function runStep(root: string, cwd: string, user: string, text: string) {
  const certificates = "/run/certificates.crt";
  const script = [
    `mount -t proc proc ${root}/proc`,
    `mount --rbind /dev ${root}/dev`,
    `cp ${CERTIFICATES} ${root}${certificates}`,
    `exec env -i PATH=${PATH} HOME=/root DEBIAN_FRONTEND=noninteractive ` +
    `NODE_EXTRA_CA_CERTS=${certificates} SSL_CERT_FILE=${certificates} ` +
    `NPM_CONFIG_REGISTRY="$REGISTRY" ` +
    `chroot --userspec=${user} ${root} /bin/sh -c "cd ${cwd} && $STEP"`,
  ].join(" && ");
  const registry = await output(["npm", "config", "get", "registry"]);
  await must(["unshare", "--mount", "sh", "-c", script], {
    STEP: text,
    REGISTRY: registry.trim(),
  });
  await Deno.remove(root + certificates);
}

async function must(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const [program, ...args] = argv;
  const command = new Deno.Command(program!, { args, env, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  const tail = (text(stdout) + text(stderr)).split("\n").slice(-20).join("\n");
  throw new Error(`${argv.join(" ")}: ${tail}`);
}

const output = (argv: readonly string[]) => must(argv);
