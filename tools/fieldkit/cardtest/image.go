// Package cardtest makes small images of cards for the tests of fieldkit. Nothing boots from them. It is used by
// tests only.
package cardtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/fat"
)

// Size of an image in bytes: the first partition whole, and the beginning of a slot.
const Size = 66 << 20

// Image writes an image for a board, with its checksum beside it, and gives its path.
func Image(tb testing.TB, board string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "card.img")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 512)
	head[510], head[511] = 0x55, 0xAA
	noise := make([]byte, 300<<10)
	rand.NewChaCha8([32]byte{2}).Read(noise)
	start := card.Start()
	for _, err := range []error{
		f.Truncate(card.SlotA().Start + 40<<20),
		write(f, head),
		fat.Write(f, start.Start, start.Size, start.Label, 7, []fat.File{{Path: card.Autoboot, Data: []byte("[all]\n")}, {Path: "bootcode.bin", Data: noise},
			{Path: "README.txt", Data: []byte("a card\n")}, {Path: "device/config.toml", Data: []byte("device = \"example\"\n")}}),
		fat.Write(f, card.SlotA().Start, 40<<20, card.SlotA().Label, 8, []fat.File{{Path: card.Manifest, Data: fmt.Appendf(nil, "{\"board\": %q}", board)}}),
		f.Truncate(Size), // all that is used lies before it
	} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(b)
	if err := os.WriteFile(path+".sha256", []byte(hex.EncodeToString(sum[:])+"  card.img\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func write(f *os.File, b []byte) error {
	_, err := f.WriteAt(b, 0)
	return err
}
