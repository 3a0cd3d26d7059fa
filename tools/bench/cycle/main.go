// Cycle runs counting over frames from a file, and nothing else: a small program whose instructions
// are counted by cycle_test.go under emulation, since a time says little about another processor.
// It prints how many crossings it saw.
//
//	cycle FILE FORMAT WIDTH HEIGHT AREA CYCLES
//
// FILE holds frames, each behind its length in 4 bytes, low byte first; FORMAT is YUYV or MJPG; AREA
// is the person's, in millionths of the picture.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cycle:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 6 {
		return fmt.Errorf("%d arguments, want FILE FORMAT WIDTH HEIGHT AREA CYCLES", len(args))
	}
	var n [4]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(args[2+i]); err != nil {
			return err
		}
	}
	format := camera.Format{Pixel: camera.YUYV, Width: n[0], Height: n[1], Stride: 2 * n[0], Interval: time.Second / 25}
	if args[1] == "MJPG" {
		format.Pixel, format.Stride = camera.MJPEG, 0
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	sc := &scene.Scene{PersonArea: int32(n[2]), NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	p, err := pipeline.New(sc, format)
	if err != nil {
		return err
	}
	found, err := cycles(p, data, n[3])
	if err == nil {
		fmt.Printf("%d cycles on %dx%d cells, %d crossings\n", n[3], p.Plan().W, p.Plan().H, found)
	}
	return err
}

// cycles runs through the frames. The buffer stands for the camera's: filling it is not counted,
// wiping it is.
func cycles(p *pipeline.Pipeline, data []byte, n int) (found int, err error) {
	buffer := make([]byte, largest(data))
	for i := range n {
		if len(data) < 4 {
			return 0, fmt.Errorf("only %d frames, want %d", i, n)
		}
		size := int(binary.LittleEndian.Uint32(data))
		fill(buffer, data[4:4+size])
		data = data[4+size:]
		f := camera.Frame{Data: buffer[:size], Sequence: uint32(i)}
		if err := p.Reduce(&f); err != nil {
			return 0, fmt.Errorf("frame %d: %w", i, err)
		}
		clear(buffer)
		found += len(p.Count(f.Sequence))
	}
	return found, nil
}

func largest(data []byte) (most int) {
	for len(data) >= 4 {
		size := int(binary.LittleEndian.Uint32(data))
		most = max(most, size)
		data = data[min(len(data), 4+size):]
	}
	return most
}

// fill copies byte by byte, so that what copies memory in counting can be told from it.
//
//go:noinline
func fill(to, from []byte) {
	for i, b := range from {
		to[i] = b
	}
}
