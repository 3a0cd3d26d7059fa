package ledger

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func keys(t testing.TB, l *Ledger, wantMade bool) Keys {
	t.Helper()
	k, made, err := l.Keys(rand.Reader)
	if err != nil || made != wantMade {
		t.Fatalf("made %v, %v, want made %v", made, err, wantMade)
	}
	if k.Sign == k.Seal || k.Seal == k.Secret || k.Sign == k.Secret {
		t.Fatal("two keys are the same")
	}
	return k
}

func TestKeysAreMadeOnce(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{})
	first := keys(t, l, true)
	if again := keys(t, l, false); again != first || l.Lost != nil {
		t.Fatalf("other keys the second time, or lost: %v", l.Lost)
	}
	l.Close()
	l = open(t, path, Options{})
	if again := keys(t, l, false); again != first || l.Lost != nil {
		t.Fatalf("other keys after a start, or lost: %v", l.Lost)
	}
}

func TestKeysNeedRandomness(t *testing.T) {
	for what, random := range map[string]*bytes.Reader{
		"nothing": bytes.NewReader(nil), "too little": bytes.NewReader(make([]byte, 95)), "zeros": bytes.NewReader(make([]byte, 96)),
	} {
		l := open(t, place(t), Options{})
		if _, made, err := l.Keys(random); err == nil || made {
			t.Errorf("%s: keys were made: %v", what, err)
		}
		keys(t, l, true)
	}
}

// TestLost changes the keys in the file in every byte, takes them away, and takes the file away.
func TestLost(t *testing.T) {
	swap := func(with func(old []byte) []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Update(func(tx *bbolt.Tx) error {
				keys := tx.Bucket([]byte(bucketKeys))
				if b := with(bytes.Clone(keys.Get([]byte(keysName)))); b != nil {
					return keys.Put([]byte(keysName), b)
				}
				return keys.Delete([]byte(keysName))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := map[string]func(t *testing.T, path string){
		"gone": swap(func([]byte) []byte { return nil }), "cut": swap(func(b []byte) []byte { return b[:len(b)-1] }),
		"file damaged": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("no ledger\n", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	}
	for i := range keysSize {
		cases["byte "+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10))] = swap(func(b []byte) []byte { b[i] ^= 1; return b })
	}
	if len(cases) < keysSize+3 {
		t.Fatalf("%d cases", len(cases))
	}
	for what, damage := range cases {
		t.Run(what, func(t *testing.T) {
			path := place(t)
			l := open(t, path, Options{})
			first := keys(t, l, true)
			add(t, l, item(1, 0))
			l.Close()
			damage(t, path)
			l = open(t, path, Options{})
			second := keys(t, l, true)
			if l.Lost == nil || first == second {
				t.Fatalf("lost %v, the same keys: %v", l.Lost, first == second)
			}
			if (l.Aside != "") != (what == "file damaged") {
				t.Fatalf("set aside: %q (%v)", l.Aside, l.Why)
			}
			if l.Aside == "" {
				waits(t, l, 0) // what was signed with the old key still goes out
			}
			if keys(t, l, false) != second {
				t.Fatal("and others again")
			}
		})
	}
}

// TestNotOthers: nobody else reads the keys.
func TestNotOthers(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{})
	keys(t, l, true)
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if l.Opened || mode(path) != 0o600 || mode(filepath.Dir(path)) != 0o700 {
		t.Fatalf("opened %v, file %o, directory %o", l.Opened, mode(path), mode(filepath.Dir(path)))
	}
	l.Close()
	for _, p := range []string{path, filepath.Dir(path)} {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
		l = open(t, path, Options{})
		if !l.Opened || mode(path) != 0o600 || mode(filepath.Dir(path)) != 0o700 {
			t.Fatalf("opened %v, file %o, directory %o", l.Opened, mode(path), mode(filepath.Dir(path)))
		}
		l.Close()
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.Symlink(path, other); err != nil {
		t.Skip("no links here: ", err)
	}
	if l, err := Open(other, Options{}); err == nil {
		l.Close()
		t.Fatal("a link was followed")
	}
}

func TestBusy(t *testing.T) {
	path := place(t)
	open(t, path, Options{})
	if _, err := Open(path, Options{Wait: 1}); !errors.Is(err, ErrBusy) {
		t.Fatalf("got %v, want ErrBusy", err)
	}
}

// TestTake: keys are taken where there are none, or none that can be used; others stay.
func TestTake(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{})
	if l.Has() {
		t.Error("a new ledger has keys")
	}
	k, other := some(), some()
	other.Sign[5]++
	for _, c := range []struct {
		k    Keys
		want Taken
	}{{k, TakenNow}, {k, TakenThere}, {other, TakenNot}, {k, TakenThere}} {
		if got, err := l.Take(c.k); err != nil || got != c.want || !l.Has() {
			t.Errorf("%v, %v, want %v", got, err, c.want)
		}
	}
	if got := keys(t, l, false); got != k {
		t.Error("others than were taken")
	}
	if err := l.Update(func(tx *Tx) error { return tx.keys().Put([]byte(keysName), []byte("damaged")) }); err != nil {
		t.Fatal(err)
	}
	if l.Has() {
		t.Error("damaged keys count")
	}
	if got, err := l.Take(other); err != nil || got != TakenNow || keys(t, l, false) != other {
		t.Errorf("in place of damaged ones: %v, %v", got, err)
	}
}
