package printed

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// Pixels are found in each form, at each place, and nothing is where there are none.
func TestFind(t *testing.T) {
	p, err := pixels(48)
	if err != nil {
		t.Fatal(err)
	}
	honest := "Loaded   camera: clip, 320x240 GREY, 25 frames a second; 1795330860 records of 1 s\n\x00\x01\x02"
	if form := find([]byte(honest), p, run); form != "" {
		t.Errorf("%s in an honest text", form)
	}
	word := binary.LittleEndian.Uint32(p[5:])
	for form, carrier := range map[string]string{
		"raw": string(p[7:10]), "hex": hex.EncodeToString(p[40:43]), "large hex": strings.ToUpper(hex.EncodeToString(p[1:4])),
		"base64": base64.StdEncoding.EncodeToString(p), "number": fmt.Sprint(word), "a signed number": fmt.Sprint(int32(word)),
		"a number of three": fmt.Sprint(word & 0xffffff), "a large number": fmt.Sprint(binary.BigEndian.Uint32(p)), "hex number": fmt.Sprintf("%x", word),
		"list": fmt.Sprint(p[20:30]), "dump": fmt.Sprintf("%q", p[:9]), "backwards": string([]byte{p[9], p[8], p[7]}),
	} {
		if find([]byte(honest+carrier+" and so on"), p, run) == "" {
			t.Errorf("%s is not found: %s", form, carrier)
		}
	}
	for _, few := range []string{string(p[:2]), hex.EncodeToString(p[:2]), fmt.Sprint(p[:2])} {
		if form := find([]byte(honest+few+"."), p, run); form != "" {
			t.Errorf("two pixels are found: %s", form)
		}
	}
	if !tells([]byte("it ended with 94."), 94) || tells([]byte("it ended with 194"), 94) {
		t.Error("a number is not told from part of one")
	}
}
