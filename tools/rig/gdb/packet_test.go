package gdb_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tellijn/tools/rig/gdb"
)

func next(s string) ([]byte, error) { return gdb.Next(bufio.NewReader(strings.NewReader(s))) }

func TestNext(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"$OK#9a", "OK"}, {"++-$OK#9A", "OK"}, {"$#00", ""}, {"$0*\"#7c", "000000"}, {"$}\x03#80", "#"},
	} {
		if got, err := next(c.in); err != nil || string(got) != c.want {
			t.Errorf("%q: %q, %v, want %q", c.in, got, err, c.want)
		}
	}
	for _, bad := range []string{"$OK#9b", "$OK#zz", "$}#7d", "$*\"#4c", "$0*\x1f#79", "$0*#5a", "$a$b#e7"} {
		if got, err := next(bad); !errors.Is(err, gdb.ErrMalformed) {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
	for _, cut := range []string{"", "+", "$", "$OK", "$OK#", "$OK#9"} {
		if _, err := next(cut); !errors.Is(err, io.EOF) {
			t.Errorf("%q: %v", cut, err)
		}
	}
	// A few bytes that say how often they are repeated must not become many.
	if _, err := next("$" + strings.Repeat("0*~", 2000) + "#60"); !errors.Is(err, gdb.ErrMalformed) {
		t.Errorf("a long one: %v", err)
	}
	if _, err := next("$" + strings.Repeat("0", 1<<17)); !errors.Is(err, gdb.ErrMalformed) {
		t.Errorf("a long one: %v", err)
	}
}

// What is framed is read back, whatever it is.
func TestFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		if got, err := next("+" + string(gdb.Frame(body))); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%q became %q, %v", body, got, err)
		}
	})
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"$OK#9a", "+$T05thread:01;#07", "$0*\"#7c", "$}\x03#80", "$E14#aa", "$a$b#e7", "$#00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		body, err := gdb.Next(bufio.NewReader(bytes.NewReader(in)))
		if err != nil {
			return
		}
		if len(body) > 1<<16+126 {
			t.Errorf("%d bytes", len(body))
		}
		if again, err := next(string(gdb.Frame(body))); err != nil || !bytes.Equal(again, body) {
			t.Errorf("%q became %q, %v", body, again, err)
		}
	})
}
