import { RUNS_WHAT_IT_BUILDS, toolchainTest } from "./toolchain.ts";

toolchainTest("go builds, vets and tests a module", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["go"],
  files: {
    "go.mod": "module example.org/tool\n\ngo 1.19\n",
    "main.go": `package main

import (
	"fmt"
	"net"
	"os/exec"
	"sync"
)

func add(a, b int) int { return a + b }

func main() {
	var group sync.WaitGroup
	sums := make(chan int, 100)
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(n int) { sums <- add(n, n); group.Done() }(i)
	}
	group.Wait()
	close(sums)
	total := 0
	for sum := range sums {
		total += sum
	}
	text, err := exec.Command("echo", "child").Output()
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		panic(err)
	}
	// By netlink, which may be read.
	links, err := net.Interfaces()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text), total, " ", links[0].Name, "\\n")
	listener.Close()
}
`,
    "main_test.go": `package main

import "testing"

func TestAdd(t *testing.T) {
	if add(1, 2) != 3 {
		t.Fatal("wrong sum")
	}
}
`,
  },
  // go wants a place for its cache, and neither modules nor itself fetched.
  script: `
    export GOCACHE=$PWD/cache GOPATH=$PWD/path GOPROXY=off GOFLAGS=-mod=mod
    go build -o tool .
    ./tool
    go vet .
    go test ./... | cut -f 1,2
  `,
  prints: "child\n9900 lo\nok  \texample.org/tool\n",
});
