// Package keys hears single keys: as they are pressed where there is a terminal, by lines where there
// is something else, so that programs can press them too. It reads nothing but these, and a terminal
// is as it was when it ends. It is for tools that people watch, such as tools/try.
package keys

import (
	"bufio"
	"errors"
	"os"
	"strings"
)

// Why keys cannot be heard one by one.
var (
	errNone = errors.New("keys: no terminal")
	errAway = errors.New("keys: a terminal that somebody else uses") // reading it would stop this program
)

// Listen gives each key as it comes: the first character of a line, in lower case, where f is no
// terminal. single says that keys count without Enter. The channel is never closed: a terminal that
// is gone presses no keys. end puts the terminal back and may be called more than once; Ctrl-C stays
// a signal. In the background of a terminal nothing is heard.
func Listen(f *os.File) (pressed <-chan rune, single bool, end func()) {
	out := make(chan rune)
	back, err := raw(int(f.Fd()))
	if err != nil {
		back = func() {}
	}
	if errors.Is(err, errAway) {
		return out, false, back
	}
	single = err == nil
	go func() {
		in := bufio.NewReader(f)
		for {
			key, ok := next(in, single)
			if !ok {
				return
			}
			if key != 0 {
				out <- key
			}
		}
	}()
	return out, single, back
}

// next gives the next key, 0 for a line without one; ok is false at the end.
func next(in *bufio.Reader, single bool) (key rune, ok bool) {
	if single {
		key, _, err := in.ReadRune()
		return lower(string(key)), err == nil
	}
	line, err := in.ReadString('\n')
	return lower(strings.TrimSpace(line)), err == nil || line != ""
}

func lower(s string) rune {
	for _, r := range strings.ToLower(s) {
		return r
	}
	return 0
}
