// Command mjpeg compares the speed of counting/luma/mjpeg with that of libjpeg, which decodes the
// same frames to grey at scale 1/8. Both run in turns on one machine, from memory, one thread,
// in processor time.
// It prints times only, never a frame.
//
// Synopsis:
//
//	mjpeg [-rounds N] CLIP.avi
//
// The clip is an AVI file of MJPEG frames. The C program is built at run time, which needs gcc and
// libjpeg (Debian: gcc libjpeg62-turbo-dev).
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"syscall"

	"tellijn/counting/luma/mjpeg"
)

func main() {
	rounds := flag.Int("rounds", 15, "how often each side decodes the whole clip")
	flag.Parse()
	if flag.NArg() != 1 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "usage: mjpeg [-rounds N] CLIP.avi")
		os.Exit(2)
	}
	if err := compare(flag.Arg(0), *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "mjpeg:", err)
		os.Exit(1)
	}
}

// compare prints one line a round and the medians.
func compare(path string, rounds int) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	frames, err := frames(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	other, err := start(frames)
	if err != nil {
		return err
	}
	defer other.stop()

	var decoder mjpeg.Decoder
	var ratios, quarterRatios []float64
	fmt.Printf("%d frames, %d bytes each; ns a frame\n", len(frames), len(data)/len(frames))
	fmt.Printf("%5s %10s %10s %10s %7s\n", "round", "libjpeg/8", "ours/8", "ours/4", "ratio/8")
	for round := range rounds {
		theirs, sum, err := other.round()
		if err != nil {
			return err
		}
		ours, mine, err := decode(&decoder, frames, 8)
		if err != nil {
			return err
		}
		quarter, _, err := decode(&decoder, frames, 4)
		if err != nil {
			return err
		}
		if sum != mine {
			return fmt.Errorf("sum of all units is %d, libjpeg's %d: not the same work (sides must be multiples of 8)", mine, sum)
		}
		ratios = append(ratios, float64(theirs)/float64(ours))
		quarterRatios = append(quarterRatios, float64(theirs)/float64(quarter))
		fmt.Printf("%5d %10d %10d %10d %7.2f\n", round+1, theirs, ours, quarter, ratios[round])
	}
	fmt.Printf("median ratio libjpeg/ours: %.2f at scale 8; %.2f if ours runs at scale 4, with four times the units\n",
		median(ratios), median(quarterRatios))
	return nil
}

// decode times one pass over the clip, in nanoseconds a frame, and adds up all units, as the other
// side does.
func decode(d *mjpeg.Decoder, frames [][]byte, scale int) (ns int64, sum uint64, err error) {
	var band mjpeg.Band
	begin, err := now()
	if err != nil {
		return 0, 0, err
	}
	for i, frame := range frames {
		if _, _, err := d.Start(frame, scale); err != nil {
			return 0, 0, fmt.Errorf("frame %d: %w", i, err)
		}
		for {
			rows, err := d.Next(frame, &band)
			if err != nil {
				return 0, 0, fmt.Errorf("frame %d: %w", i, err)
			}
			if rows == 0 {
				break
			}
			for y := range rows {
				for _, u := range band.Units[y][:band.Width] {
					sum += uint64(u)
				}
			}
		}
	}
	end, err := now()
	return (end - begin) / int64(len(frames)), sum, err
}

// now is the processor time of this program in nanoseconds: other programs disturb it less than the
// time on the wall. The C program measures the same.
func now() (int64, error) {
	var r syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return r.Utime.Nano() + r.Stime.Nano(), err
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}
