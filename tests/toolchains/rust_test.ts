import { RUNS_WHAT_IT_BUILDS, toolchainTest } from "./toolchain.ts";

const MAIN_RS = `use std::process::Command;
use std::thread;

fn twice(n: u32) -> u32 {
    2 * n
}

fn main() {
    let threads: Vec<_> = (0..8).map(|n| thread::spawn(move || twice(n))).collect();
    let sum: u32 = threads.into_iter().map(|one| one.join().unwrap()).sum();
    let child = Command::new("echo").arg("child").output().unwrap();
    print!("{}", String::from_utf8(child.stdout).unwrap());
    println!("{sum}");
}

#[test]
fn doubles() {
    assert_eq!(twice(21), 42);
}
`;

toolchainTest("rustc compiles a program that runs", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["rustc", "cc"],
  files: { "main.rs": MAIN_RS },
  script: "rustc -O main.rs && ./main",
  prints: "child\n56\n",
});

toolchainTest("cargo builds and tests a package without a network", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["cargo", "rustc", "cc"],
  files: { "main.rs": MAIN_RS },
  // cargo wants a place for what it keeps.
  script: `
    export CARGO_HOME=$PWD/cargo
    cargo new --quiet --offline --vcs none tool
    cp main.rs tool/src/main.rs
    cd tool
    cargo build --quiet --offline
    target/debug/tool
    cargo test --quiet --offline | grep '^test result' | cut -d ';' -f 1
    cargo run --quiet --offline --release
  `,
  prints: "child\n56\ntest result: ok. 1 passed\nchild\n56\n",
});
