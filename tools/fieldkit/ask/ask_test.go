package ask_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"tellijn/tools/fieldkit/ask"
	"tellijn/tools/fieldkit/drive"
)

func questions() []ask.Question {
	return []ask.Question{{Drive: drive.Drive{Name: "sdb", Path: "/dev/sdb", Bytes: 1e9, Model: "Card"}, What: "becomes north-door"},
		{Drive: drive.Drive{Name: "sdc", Path: "/dev/sdc"}, What: "becomes south-door"}}
}

func TestAgree(t *testing.T) {
	for name, c := range map[string]struct {
		yes   []string
		typed string
		good  bool
	}{
		"both": {nil, "sdb\n sdc \n", true}, "one given": {[]string{"sdb"}, "sdc\n", true}, "both given": {[]string{"sdb", "sdc"}, "", true},
		"the wrong order": {nil, "sdc\nsdb\n", false}, "only one": {nil, "sdb\n", false}, "yes": {nil, "yes\nyes\n", false}, "a path": {nil, "/dev/sdb\nsdc\n", false},
		"nothing": {nil, "\n\n", false}, "the end": {nil, "", false}, "another given": {[]string{"sdb", "sdd"}, "sdc\n", false},
	} {
		var out bytes.Buffer
		err := ask.Agree(t.Context(), strings.NewReader(c.typed), &out, c.yes, questions())
		if (err == nil) != c.good || err != nil && !errors.Is(err, ask.ErrNo) {
			t.Errorf("%s: %v", name, err)
		}
		if len(c.yes) == 0 && !strings.Contains(out.String(), "Card\nbecomes north-door. Everything on it is lost.") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close() // nobody types anything
	if err := ask.Agree(ctx, r, &bytes.Buffer{}, nil, questions()); !errors.Is(err, context.Canceled) || !errors.Is(err, ask.ErrNo) {
		t.Error(err)
	}
}

func TestMeter(t *testing.T) {
	var out bytes.Buffer
	m := ask.NewMeter(&out, "writing 2 cards")
	m.Add(1000)
	m.Add(1000)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range 50 {
				m.Step(10)
			}
		})
	}
	all.Wait()
	m.Failed(500)
	m.Step(500)
	m.End()
	want := "writing 2 cards: 20 %\nwriting 2 cards: 40 %\nwriting 2 cards, 1 NOT GOOD: 100 %\n"
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
