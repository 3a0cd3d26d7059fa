//go:build !linux

package export

import (
	"errors"
	"io"
)

// withMount cannot be done here.
func withMount(io.ReaderAt, int64, int64, func(root string) error) (int64, error) {
	return 0, errors.New("export: ext4 is read on Linux only; hint: wipe the card on a computer with Linux")
}
