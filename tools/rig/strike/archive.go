package strike

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/compress/zstd"
)

// ErrNotFound says that an archive or a program does not hold what is looked for.
var ErrNotFound = errors.New("strike: not found")

// unpackedMost bounds what a first file system may hold.
const unpackedMost = 512 << 20

// File gives one file of a board's first file system, as it lies on the card. (Linux,
// Documentation/driver-api/early-userspace/buffer-format.rst, "newc" format)
func File(archive []byte, name string) ([]byte, error) {
	b, err := unpack(archive)
	if err != nil {
		return nil, err
	}
	const header = 110
	for at := 0; ; {
		if len(b)-at < header || string(b[at:at+6]) != "070701" {
			return nil, fmt.Errorf("%w: file %q in an archive that ends at %d", ErrNotFound, name, at)
		}
		size, err := strconv.ParseUint(string(b[at+54:at+62]), 16, 32)
		if err != nil {
			return nil, fmt.Errorf("strike: size of a file: %w", err)
		}
		length, err := strconv.ParseUint(string(b[at+94:at+102]), 16, 16)
		if err != nil {
			return nil, fmt.Errorf("strike: length of a name: %w", err)
		}
		from := (at + header + int(length) + 3) &^ 3
		to := from + int(size)
		if length == 0 || to > len(b) {
			return nil, fmt.Errorf("%w: file %q in an archive that is cut off", ErrNotFound, name)
		}
		if string(b[at+header:at+header+int(length)-1]) == name {
			return b[from:to], nil
		}
		at = (to + 3) &^ 3
	}
}

// unpack undoes the compression.
func unpack(b []byte) ([]byte, error) {
	var r io.Reader = bytes.NewReader(b)
	switch {
	case bytes.HasPrefix(b, []byte{0x28, 0xB5, 0x2F, 0xFD}): // RFC 8878 3.1.1
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("strike: %w", err)
		}
		defer z.Close()
		r = z
	case bytes.HasPrefix(b, []byte{0x1F, 0x8B}): // RFC 1952 2.3.1
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("strike: %w", err)
		}
		r = z
	}
	out, err := io.ReadAll(io.LimitReader(r, unpackedMost))
	if err != nil {
		return nil, fmt.Errorf("strike: %w", err)
	}
	return out, nil
}
