// Package enrol gives a new device the keys that were made for it when its card was written. It reads one file
// and writes the ledger, once; it shows no key, makes none, and never takes one away from a device that has it.
package enrol

import (
	"errors"
	"fmt"
	"io"
	"os"

	"tellijn/firmware/warden/ledger"
)

// Unusable is the exit code for a file that holds no keys, on a device that has none: it must not make its
// own then, since those on file for it elsewhere are others.
const Unusable = 3

// most bounds the file in bytes; that of keys has 113.
const most = 4096

// Take takes the keys in the file at path into the ledger at to, and says what came of it. The code is 0 when
// the file is not needed any more, whether it was taken or not. After an error it is 1, or Unusable.
func Take(path, to string, say func(line string)) (code int, err error) {
	k, bad := read(path)
	if bad != nil && !errors.Is(bad, errForm) {
		return 1, bad
	}
	l, err := ledger.Open(to, ledger.Options{})
	if err != nil {
		return 1, err
	}
	defer l.Close()
	if bad != nil {
		if l.Has() {
			say(fmt.Sprintf("Failed   keys: %v; the device keeps those that it has", bad))
			return 0, nil
		}
		return Unusable, bad
	}
	t, err := l.Take(k)
	if err != nil {
		return 1, err
	}
	switch t {
	case ledger.TakenNow:
		say("Loaded   keys: those that were made for this device")
	case ledger.TakenThere:
		say("Loaded   keys: the device has those of the file already")
	default:
		say("Failed   keys: the device has others than the file, and keeps them; whoever knows it by those of the file must enrol it again (-identity prints its own)")
	}
	return 0, nil
}

// errForm marks a file that is there but holds no keys.
var errForm = errors.New("no keys in the file")

func read(path string) (k ledger.Keys, err error) {
	f, err := os.Open(path)
	if err != nil {
		return k, fmt.Errorf("enrol: -keys %q: %w", path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most))
	defer clear(b)
	if err != nil {
		return k, fmt.Errorf("enrol: -keys %q: %w", path, err)
	}
	if k, err = ledger.ParseKeys(b); err != nil {
		err = fmt.Errorf("enrol: -keys %q: %w: %w", path, errForm, err)
	}
	return k, err
}
