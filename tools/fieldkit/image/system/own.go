package system

import (
	"fmt"
	"strings"

	"tellijn/boards/card"
)

// Texts of the first partition. (Raspberry Pi documentation, "config.txt", autoboot.txt)
const (
	autoboot = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"
	readme   = "This card is for a counter of people, Tellijn, on the board %s.\r\n" +
		"It counts who crosses a line, and keeps, shows and sends no picture.\r\n\r\n" +
		"  START   this folder; \"device\" holds the settings of this one device\r\n" +
		"  SLOTA   the system. manifest.json lists every file with its sum and where it is from,\r\n" +
		"          sbom.cdx.json every part with its version, licences/ the licences and\r\n" +
		"          where the source of the kernel is\r\n" +
		"  SLOTB   the system again, for when SLOTA is damaged or replaced\r\n" +
		"  data    what the device writes\r\n\r\n" +
		"There is no password, because there is nothing to log in to. Do not change files here by\r\n" +
		"hand: make and write a card with fieldkit, which checks what it wrote.\r\n"
)

// takeOwn adds what this repository has for the board: settings of the board's own firmware, and texts. What
// belongs to one device comes when the card is written.
func (g *gathering) takeOwn() error {
	s, from := &g.made, Ours("boards/"+g.recipe.Board)
	lines := g.recipe.ConfigTxt
	if len(lines) == 0 { // nobody reads it on such a board but the rig
		lines = []string{"arm_64bit=1", "kernel=" + card.Kernel, "initramfs " + card.Initrd + " followkernel"}
	}
	s.Put(card.ConfigTxt, []byte(strings.Join(lines, "\n")+"\n"), from)
	s.Start = append(s.Start, Item{card.Autoboot, []byte(autoboot), Ours("tools/fieldkit/image")},
		Item{"README.txt", fmt.Appendf(nil, readme, s.Manifest.Title), Ours("tools/fieldkit/image")})
	return nil
}
