package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"tellijn/tools/proof/report"
)

// aboutHere says where and when this run was. What the machine does not tell is "unknown".
func aboutHere(ctx context.Context, root string, start time.Time) report.About {
	a := report.About{When: start.UTC().Truncate(time.Second), Go: runtime.Version(), Seconds: int(time.Since(start).Seconds() + 0.5)}
	ask := asking(ctx, root)
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	a.Kernel = or(ask("uname", "-sr"), runtime.GOOS+", version unknown")
	a.Machine = runtime.GOARCH
	if m := ask("uname", "-m"); m != "" {
		a.Machine += " (" + m + ")"
	}
	a.Commit = commit(ask)
	return a
}

// asking gives a function that runs a program in the folder of the source and gives what it says, or
// nothing.
func asking(ctx context.Context, root string) func(name string, args ...string) string {
	return func(name string, args ...string) string {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
}

// commit is the one that the source is, or empty if it has changes or git cannot tell.
func commit(ask func(name string, args ...string) string) string {
	head := ask("git", "rev-parse", "HEAD")
	// Asked again with a word in front, so that no answer is told from an empty one.
	if head == "" || ask("git", "status", "--porcelain", "--branch", "--untracked-files=normal") == "" {
		return ""
	}
	if ask("git", "status", "--porcelain", "--untracked-files=normal") != "" {
		return ""
	}
	return head
}
