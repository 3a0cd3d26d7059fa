package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/first/data"
	"tellijn/firmware/warden/watch"
	"tellijn/hal/clock"
	"tellijn/privacy/devicelog"
)

// TestNews: whoever prints the identity of a device makes its keys, or finds its ledger damaged. The core that
// comes after enters that into the log, once.
func TestNews(t *testing.T) {
	const noon = made // when this version was made
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var said []string
	say := func(line string) { said = append(said, line) }
	identity := func() {
		t.Helper()
		l, _, err := openLedger(dir, say)
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	renewed := false // as the last core heard
	core := func() (made, aside bool) {
		t.Helper()
		c, err := clock.Open(1, true)
		if err != nil {
			t.Fatal(err)
		}
		s := watch.Setup{Board: b, Dir: dir, Factor: 1, Clock: c, Say: say, Boot: [16]byte{1}}
		l, err := open(&s)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		k, _, err := clerk.New(s.Clerk)
		if err != nil {
			t.Fatal(err)
		}
		at := clerk.Stamp{Now: time.Unix(noon, 0)}
		if s.Renewed {
			k.Enter(devicelog.Event{Kind: devicelog.DataAside}, at)
		}
		renewed = s.Renewed
		if s.Aside {
			k.Enter(devicelog.Event{Kind: devicelog.LedgerAside}, at)
		}
		if s.Made {
			k.Enter(devicelog.Event{Kind: devicelog.KeyMade}, at)
		}
		if err := k.Flush(); err != nil {
			t.Fatal(err)
		}
		return s.Made, s.Aside
	}
	identity()
	identity() // again, with the keys there
	if made, aside := core(); !made || aside {
		t.Errorf("made %v, aside %v after new keys", made, aside)
	}
	if made, aside := core(); made || aside {
		t.Errorf("made %v, aside %v a second time", made, aside)
	}
	note := filepath.Join(dir, data.InOwn)
	if err := os.WriteFile(note, []byte{1}, 0o600); err != nil {
		t.Fatal(err)
	}
	if made, aside := core(); made || aside || !renewed {
		t.Errorf("made %v, aside %v, renewed %v after a new file system", made, aside, renewed)
	}
	if core(); renewed {
		t.Error("the file system is new a second time")
	}
	if _, err := os.Stat(note); err == nil {
		t.Error("the note is still there")
	}
	path := filepath.Join(dir, ownDir, "ledger.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no ledger ", 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	identity()
	if !strings.Contains(strings.Join(said, "\n"), "Failed   ledger: it was damaged") {
		t.Errorf("%q", said)
	}
	if made, aside := core(); !made || !aside {
		t.Errorf("made %v, aside %v after a damaged ledger", made, aside)
	}
}
