// Package pristine holds the empty file system of a device's data, as mke2fs made it once: the same bytes in
// every image, so that a device has nothing to format. It holds no file. It never changes one that is
// there. It is for the tools that make images, outside the data path.
package pristine

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tellijn/boards/card"
)

// Block is the size of a block of the file system, in bytes.
const Block = 4096

// blocks are the blocks that hold anything, each behind its number in four bytes, compressed.
//
//go:embed blocks.gz
var blocks []byte

// WriteTo writes the file system to off. What is not written must read as zeros. It fails only with what w
// answers.
func WriteTo(w io.WriterAt, off int64) error {
	return each(func(number int64, b []byte) error {
		if _, err := w.WriteAt(b, off+number*Block); err != nil {
			return fmt.Errorf("pristine: %w", err)
		}
		return nil
	})
}

// Gzip is the whole file system of card.DataSize, compressed: the file card.Pristine of a device.
func Gzip() ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pristine: %w", err)
	}
	next, none := int64(0), make([]byte, Block)
	until := func(number int64) error {
		for ; next < number; next++ {
			if _, err := w.Write(none); err != nil {
				return err
			}
		}
		return nil
	}
	err = each(func(number int64, b []byte) error {
		if err := until(number); err != nil {
			return err
		}
		next++
		_, err := w.Write(b)
		return err
	})
	if err := errors.Join(err, until(card.DataSize/Block), w.Close()); err != nil {
		return nil, fmt.Errorf("pristine: %w", err)
	}
	return out.Bytes(), nil
}

// each calls take with every block that holds anything, in order.
func each(take func(number int64, b []byte) error) error {
	r, err := gzip.NewReader(bytes.NewReader(blocks))
	if err != nil {
		return fmt.Errorf("pristine: %w", err)
	}
	for b := make([]byte, 4+Block); ; {
		if _, err := io.ReadFull(r, b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("pristine: %w", err)
		}
		if err := take(int64(binary.BigEndian.Uint32(b)), b[4:]); err != nil {
			return err
		}
	}
}
