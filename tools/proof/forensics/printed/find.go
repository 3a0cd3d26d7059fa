// Package printed shows that nothing which an eye chooses is said or kept by the warden: eyes that were
// taken over, and that nothing holds in, put pixels into words, their exit code, and lies, and everything
// that the warden then says and stores is looked through. It stands outside the data path.
package printed

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// run is how many pixels in a row are looked for in words: a single one is found everywhere. In files, which
// hold random keys, hashes and signatures, three in a row come by chance, so there it is one more.
const (
	run      = 3
	runFiles = 4
)

// letters are the pixels: they can be printed, and three of them in a row are in no text.
const letters = "QXZ~^|{}`#@$"

// pixels makes n pixels that nobody has seen before.
func pixels(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := rand.Read(b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return b, err
}

// forms are the ways to write some pixels in a row.
func forms(p []byte) (out map[string][]byte) {
	back := bytes.Clone(p)
	for i := range back {
		back[i] = p[len(p)-1-i]
	}
	decimal := fmt.Sprint(p)
	return map[string][]byte{
		"raw": p, "backwards": back,
		"hex": []byte(hex.EncodeToString(p)), "hex backwards": []byte(hex.EncodeToString(back)),
		"large hex": []byte(strings.ToUpper(hex.EncodeToString(p))), "large hex backwards": []byte(strings.ToUpper(hex.EncodeToString(back))),
		"base64": []byte(base64.StdEncoding.EncodeToString(p)), "base64 for addresses": []byte(base64.URLEncoding.EncodeToString(p)),
		"decimal": []byte(decimal[1 : len(decimal)-1]), "decimal, with commas": []byte(strings.ReplaceAll(decimal[1:len(decimal)-1], " ", ",")),
	}
}

// find looks for any pixels in a row, in any form, and for numbers that are made of them. It names the
// first form that it found, or "".
func find(text, p []byte, run int) string {
	for i := range len(p) - run + 1 {
		for form, b := range forms(p[i : i+run]) {
			if bytes.Contains(text, b) {
				return form
			}
		}
	}
	said := map[string]bool{}
	for _, n := range regexp.MustCompile(`[0-9]+`).FindAll(text, -1) {
		said[string(n)] = true
	}
	for i := range len(p) - 3 {
		n := uint64(binary.LittleEndian.Uint32(p[i:]))
		for _, n := range []uint64{n, n & (1<<24 - 1), uint64(binary.BigEndian.Uint32(p[i:])), uint64(int64(int32(n)))} {
			if said[strconv.FormatUint(n, 10)] {
				return "number"
			}
		}
	}
	return ""
}

// tells tells whether a number stands in a text by itself.
func tells(text []byte, n int) bool {
	return regexp.MustCompile(`\b` + strconv.Itoa(n) + `\b`).Match(text)
}
