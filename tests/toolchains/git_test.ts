import { RUNS_WHAT_IT_BUILDS, toolchainTest } from "./toolchain.ts";

toolchainTest("git keeps a history in a write scope", {
  needs: ["git"],
  files: { "words": "one\n" },
  script: `
    git init -q -b main .
    git config user.name csc
    git config user.email csc@example.org
    git add words
    git commit -q -m first
    git checkout -q -b side
    echo two >> words
    git commit -q -a -m second
    git checkout -q main
    git merge -q side
    git log --format=%s
    git diff --stat HEAD~1 | head -1
    git stash list
    git status --short
    git gc -q
    git fsck --strict --no-progress
    git clone -q . copy
    git -C copy log --format=%s -1
    git worktree add -q tree HEAD~1
    cat tree/words
    git archive HEAD | tar -x -O words
  `,
  prints: "second\nfirst\n words | 1 +\nsecond\none\none\ntwo\n",
});

toolchainTest("git runs hooks, fetches and pushes between local repositories", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["git"],
  script: `
    git init -q --bare -b main shared
    git clone -q shared mine 2> clone.log
    cd mine
    git config user.name csc
    git config user.email csc@example.org
    printf '#!/bin/sh\\necho hook ran >&2\\n' > .git/hooks/pre-commit
    chmod +x .git/hooks/pre-commit
    git commit -q --allow-empty -m pushed 2> ../hook.log
    cat ../hook.log
    git push -q origin HEAD:main
    git fetch -q
    git log --format=%s origin/main
  `,
  prints: "hook ran\npushed\n",
});
