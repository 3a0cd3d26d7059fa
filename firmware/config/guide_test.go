package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/firmware/scout/radio"
)

// blocks gives the indented pieces of a text that begin with one of these words.
func blocks(text string, begins ...string) (out []string) {
	var block []string
	for _, line := range append(strings.Split(text, "\n"), "end") {
		if code, ok := strings.CutPrefix(line, "    "); ok || line == "" && len(block) > 0 {
			block = append(block, code)
			continue
		}
		whole := strings.TrimSpace(strings.Join(block, "\n"))
		for _, b := range begins {
			if strings.HasPrefix(whole, b) {
				out = append(out, whole)
			}
		}
		block = nil
	}
	return out
}

// TestGuideOfRadio lets the device read what the guide of a board without a socket says about Wi-Fi.
func TestGuideOfRadio(t *testing.T) {
	text, err := os.ReadFile("../../boards/rpi-zero-2w/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pieces := blocks(string(text), "ssid")
	if len(pieces) != 2 {
		t.Fatalf("%d pieces", len(pieces))
	}
	for _, piece := range pieces {
		if _, err := radio.Parse(piece); err != nil {
			t.Errorf("%v\n%s", err, piece)
		}
	}
}

// TestGuides lets the device read what the guides of the boards tell an installer to write.
func TestGuides(t *testing.T) {
	all, err := boards.All()
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, board := range all {
		text, err := os.ReadFile(filepath.Join("../../boards", board.Name, "README.md"))
		if os.IsNotExist(err) && board.Kind != boards.Real {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range blocks(string(text), "device", "[network]") {
			read++
			piece = strings.ReplaceAll(piece, `"..."`, `"`+strings.Repeat("1", 64)+`"`)
			if strings.Contains(piece, "[scene]") {
				piece += "\nperson_area = 0.03\nline = [{from = [0.02, 0.5], to = [0.98, 0.5]}]\n"
			}
			b := board
			if err := Apply(board.Name+"/README.md", piece, &b); err != nil {
				t.Errorf("%v\n%s", err, piece)
			}
		}
	}
	if read < 9 { // one for each real board, and the network of those with a socket for it
		t.Errorf("%d pieces", read)
	}
}
