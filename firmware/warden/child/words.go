package child

import (
	"bufio"
	"io"
	"strings"
)

// Limits on what a child may say: a program that was taken over must not fill a log.
const (
	maxLine  = 400 // bytes of a line that are passed on
	maxLines = 40  // in the life of one child
)

// listen passes on what a child says and throws away what is too much.
func listen(r io.Reader, say func(string)) {
	in := bufio.NewReaderSize(r, 4096)
	for n := 0; ; {
		b, more, err := in.ReadLine()
		if err != nil {
			return
		}
		if text := clean(b); n < maxLines && text != "" && say != nil {
			say(text)
			n++
		}
		for more && err == nil {
			_, more, err = in.ReadLine()
		}
	}
}

// clean keeps printable ASCII, so that nothing a child says can command a terminal.
func clean(b []byte) string {
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, string(b[:min(len(b), maxLine)]))
	return strings.TrimSpace(text)
}
