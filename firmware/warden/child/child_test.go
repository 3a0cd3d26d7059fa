package child

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain plays the child when it is started as one.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "echo":
		b, _ := io.ReadAll(os.Stdin)
		fmt.Fprintf(os.NewFile(3, "out"), "%s, %d variables", b, len(os.Environ()))
		os.Exit(7)
	case "bare":
		os.Exit(len(os.Environ()))
	case "talk":
		for n := range 100 {
			fmt.Fprintf(os.Stderr, "\x1b[2Jline %d %s\n", n, strings.Repeat("x", 9000))
		}
		os.Exit(0)
	case "sleep":
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func wait(t *testing.T, c *Child) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		c.Kill()
		t.Fatal("the child does not end")
	}
}

func TestDescriptors(t *testing.T) {
	inR, inW, _ := os.Pipe()
	outR, outW, _ := os.Pipe()
	c, err := Start(Program{Name: "echo", Path: os.Args[0], Env: []string{"ONE=1"}, Files: []*os.File{inR, nil, outW}})
	if err != nil {
		t.Fatal(err)
	}
	inR.Close()
	outW.Close()
	io.WriteString(inW, "hello")
	inW.Close()
	b, err := io.ReadAll(outR)
	if err != nil || string(b) != "hello, 1 variables" {
		t.Fatalf("%q, %v", b, err)
	}
	if wait(t, c); c.Code() != 7 {
		t.Fatalf("code %d (%s), want 7", c.Code(), c.How())
	}
}

func TestWordsAreBounded(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	c, err := Start(Program{Name: "talk", Path: os.Args[0], Say: func(s string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, s)
	}})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, c)
	mu.Lock()
	defer mu.Unlock()
	if len(lines) != maxLines || !strings.HasPrefix(lines[39], "[2Jline 39 x") || len(lines[0]) > maxLine {
		t.Fatalf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestKill(t *testing.T) {
	c, err := Start(Program{Name: "sleep", Path: os.Args[0]})
	if err != nil {
		t.Fatal(err)
	}
	c.Kill()
	if wait(t, c); c.Code() != -1 || !strings.Contains(c.How(), "killed") {
		t.Fatalf("code %d (%s), want a signal", c.Code(), c.How())
	}
}

func TestNoEnvironment(t *testing.T) {
	c, err := Start(Program{Name: "bare", Path: os.Args[0]})
	if err != nil {
		t.Fatal(err)
	}
	if wait(t, c); c.Code() != 0 {
		t.Fatalf("%d variables handed on, want none", c.Code())
	}
}

func TestNoProgram(t *testing.T) {
	if _, err := Start(Program{Name: "x", Path: "/no/such/program"}); err == nil {
		t.Fatal("started nothing")
	}
}
