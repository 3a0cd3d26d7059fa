package flash

import (
	"tellijn/boards"
	"tellijn/tools/fieldkit/label"
)

// writeLabel draws the label of a device.
func writeLabel(o *options, b *boards.Board) error {
	return label.Write(o.label, &label.Text{Device: b.Device, Whose: o.whose, Read: o.read, Hours: b.Hours})
}
