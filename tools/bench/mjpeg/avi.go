package main

import (
	"encoding/binary"
	"errors"
)

// frames finds the chunks of the first video stream, '00dc', in an AVI file. It walks into every list
// and past everything else.
func frames(data []byte) ([][]byte, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "AVI " {
		return nil, errors.New("no AVI file")
	}
	var found [][]byte
	for at := 0; at+8 <= len(data); {
		kind, size := string(data[at:at+4]), int(binary.LittleEndian.Uint32(data[at+4:]))
		if kind == "RIFF" || kind == "LIST" {
			at += 12
			continue
		}
		if at+8+size > len(data) {
			break // a recording that was cut off
		}
		if kind == "00dc" && size > 0 {
			found = append(found, data[at+8:at+8+size])
		}
		at += 8 + size + size&1
	}
	if len(found) == 0 {
		return nil, errors.New("no video frames ('00dc' chunks)")
	}
	return found, nil
}
