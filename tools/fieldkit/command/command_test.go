package command

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args []string
		err  error
		says string // in the error, or in the help
	}{
		{[]string{"-board", "virt"}, nil, ""},
		{nil, nil, ""},
		{[]string{"-bord", "virt"}, ErrUsage, "-bord"},
		{[]string{"-board", "virt", "more"}, ErrUsage, `"more" is no flag; see go run ./tools/fieldkit paint -help`},
		{[]string{"-help"}, flag.ErrHelp, "paints\n\n  -board"},
	} {
		f := flag.NewFlagSet("paint", flag.ContinueOnError)
		f.String("board", "", "what is painted")
		var out bytes.Buffer
		err := Parse(f, "paints", c.args, &out)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		said := out.String()
		if errors.Is(err, ErrUsage) {
			if said != "" {
				t.Errorf("%q: printed %q as well", c.args, said)
			}
			said = err.Error()
		}
		if !strings.Contains(said, c.says) {
			t.Errorf("%q: said %q", c.args, said)
		}
	}
}
