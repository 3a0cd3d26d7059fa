package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tellijn/tools/fieldkit/command"
)

func TestRun(t *testing.T) {
	broken := errors.New("glue: dried up")
	all := []command.Command{
		{Name: "glue", Line: "glues", Run: func(context.Context, []string, io.Writer, io.Writer) error { return broken }},
		{Name: "fold", Line: "folds", Run: func(_ context.Context, args []string, out, _ io.Writer) error {
			fmt.Fprint(out, args)
			return nil
		}},
		{Name: "cut", Line: "cuts", Run: func(context.Context, []string, io.Writer, io.Writer) error { return command.Usage("cut", "no edge") }},
	}
	for _, c := range []struct {
		args   []string
		status int
		out    string // exactly
		says   string
	}{
		{nil, 2, "", "  fold      folds\n"},
		{[]string{"-help"}, 0, "", "  glue      glues\n"},
		{[]string{"fold", "-a", "b"}, 0, "[-a b]", ""},
		{[]string{"glue"}, 1, "", "fieldkit: glue: dried up\n"},
		{[]string{"cut"}, 2, "", "fieldkit: cut: called wrongly: no edge; see go run ./tools/fieldkit cut -help\n"},
		{[]string{"folt"}, 2, "", `no command "folt"`},
	} {
		var out, errOut bytes.Buffer
		err := run(t.Context(), all, c.args, &out, &errOut)
		if s := status(&errOut, err); s != c.status || out.String() != c.out || !strings.Contains(errOut.String(), c.says) {
			t.Errorf("%q: status %d, out %q, said %q", c.args, s, out.String(), errOut.String())
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if c.Name == "" || c.Line == "" || c.Run == nil || seen[c.Name] {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
	}
}
