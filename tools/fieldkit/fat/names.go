package fat

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// check refuses names that some reader of FAT would not take.
func check(name string) error {
	bad := func(why string) error { return fmt.Errorf("fat: name %q %s", name, why) }
	switch {
	case name == "" || name == "." || name == "..":
		return bad("means a folder, want one of a file")
	case len(name) > longest:
		return bad(fmt.Sprintf("is too long, want at most %d characters", longest))
	case name[len(name)-1] == '.' || name[len(name)-1] == ' ' || name[0] == ' ':
		return bad("begins or ends with a space or a full stop, which some systems drop")
	}
	for _, c := range []byte(name) {
		if c < ' ' || c > '~' || strings.IndexByte(`"*/:<>?\|`, c) >= 0 {
			return bad(fmt.Sprintf("has the character %q, want letters and digits", c))
		}
	}
	return nil
}

// plain tells whether a name needs no long one: eight and three capitals, digits and the like (page 24).
func plain(name string) bool {
	stem, ext, dot := strings.Cut(name, ".")
	return stem != "" && len(stem) <= 8 && len(ext) <= 3 && dot == (ext != "") && short(stem) == stem && short(ext) == ext
}

// short keeps the characters that a short name may have, as capitals.
func short(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("$%'-_@~`!(){}^#&", r):
			return r
		case r == '.' || r == ' ':
			return -1
		}
		return '_'
	}, s)
}

// shorten finds a short name that nobody in taken has, and enters it there. long tells whether the whole
// name must be written besides, as it must whenever it has small letters.
func shorten(name string, taken map[[11]byte]bool) (s [11]byte, long bool) {
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ext = name[:i], name[i+1:]
	}
	lossy := !plain(strings.ToUpper(name))
	stem, ext = short(stem), short(ext)
	ext = ext[:min(len(ext), 3)]
	for n := 0; ; n++ {
		tail := ""
		if lossy || n > 0 {
			tail = fmt.Sprintf("~%d", max(n, 1))
		}
		copy(s[:], "           ")
		copy(s[:8], stem[:min(len(stem), 8-len(tail))]+tail)
		copy(s[8:], ext)
		if !taken[s] {
			taken[s] = true
			return s, lossy || name != strings.ToUpper(name) || n > 0
		}
	}
}

// sum is the checksum that ties a long name to its short one (page 28).
func sum(s []byte) (n byte) {
	for _, c := range s[:11] {
		n = n>>1 | n<<7
		n += c
	}
	return n
}

// perEntry is how many characters of a long name one entry has.
const perEntry = 13

// places are where they stand in it (page 26).
func places() [perEntry]int { return [...]int{1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30} }

// spell makes the entries of a long name, in the order in which they stand in front of the short one.
func spell(name string, s [11]byte) []byte {
	units := utf16.Encode([]rune(name))
	n := (len(units) + perEntry - 1) / perEntry
	var out []byte
	for i := n; i > 0; i-- {
		e := make([]byte, entrySize)
		e[0], e[11], e[13] = byte(i), attrLong, sum(s[:])
		if i == n {
			e[0] |= 0x40
		}
		for j, at := range places() {
			u := uint16(0xFFFF)
			if k := (i-1)*perEntry + j; k < len(units) {
				u = units[k]
			} else if k == len(units) {
				u = 0
			}
			binary.LittleEndian.PutUint16(e[at:], u)
		}
		out = append(out, e...)
	}
	return out
}

// speller puts a long name together again from the entries in front of a short one.
type speller struct {
	units []uint16
	next  int // number of the entry that must come next; 0 when the name is whole
	sum   byte
	valid bool
}

// entry takes one part. One out of order spoils the name; the short one is used then.
func (l *speller) entry(e []byte) {
	n := int(e[0] & 0x3F)
	if e[0]&0x40 != 0 {
		*l = speller{next: n, sum: e[13], valid: n > 0 && n <= 20}
	}
	if !l.valid || n != l.next || e[13] != l.sum {
		*l = speller{}
		return
	}
	var part []uint16
	for _, at := range places() {
		u := binary.LittleEndian.Uint16(e[at:])
		if u == 0 {
			break
		}
		part = append(part, u)
	}
	l.units = append(part, l.units...)
	l.next--
}

// name ends a run of parts with the short entry behind them.
func (l *speller) name(e []byte) string {
	defer func() { *l = speller{} }()
	if l.valid && l.next == 0 && l.sum == sum(e) {
		if s := string(utf16.Decode(l.units)); s != "." && s != ".." && !strings.ContainsAny(s, "/\\\x00") && s != "" {
			return s
		}
	}
	b := [11]byte(e)
	if b[0] == 0x05 { // stands for 0xE5, which would mean deleted (page 24)
		b[0] = 0xE5
	}
	stem, ext := trimmed(b[:8]), trimmed(b[8:])
	if e[12]&0x08 != 0 { // small letters, as Windows NT and Linux note them
		stem = strings.ToLower(stem)
	}
	if e[12]&0x10 != 0 {
		ext = strings.ToLower(ext)
	}
	if ext != "" {
		stem += "." + ext
	}
	return stem
}

// trimmed is text padded with spaces. What is not ASCII becomes an underscore, as slashes do.
func trimmed(b []byte) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, string(b)), " ")
}
