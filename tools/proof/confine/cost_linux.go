// Package confine measures the confinement of the eye from outside: what the kernel says of a running
// eye, how long its list is, and what it costs in time and memory, each beside the same eye without
// it. It changes nothing and stands outside the data path.
package confine

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/attacks/codes"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/launch"
)

// callsPerFrame are the system calls of a cycle on a real camera: wait, take, give back, and the alarm
// twice. A tally each beat adds less than one.
const callsPerFrame = 6

// Cost is what confinement costs.
type Cost struct {
	Cycle  time.Duration // processor time of one cycle of 640x480 YUYV, unconfined
	Call   time.Duration // what one system call costs more when confined, median of the rounds
	Share  float64       // of the cycle, for the calls of a real camera
	Ratio  float64       // cycles, confined to free, median of the rounds; noisy
	Memory float64       // peak resident memory, confined to free, median
	Peak   int64         // KiB, confined
	Rounds int
}

// frames of a run, after some to warm up, and rounds of which the median is taken.
const (
	warm   = 50
	frames = 500
	rounds = 7
)

// Measure takes the figures, confined and free side by side in each round.
func Measure(ctx context.Context, b *bench.Bench) (c Cost, err error) {
	path, err := b.Program(ctx, attacks.Hostile, "", attacks.Tags)
	if err != nil {
		return c, err
	}
	var calls, cycles, ratios, memory []float64
	for range rounds {
		var cpu, call [2]time.Duration
		var peak [2]int64
		for i, args := range [][]string{{"nothing", "free"}, {"nothing"}} {
			if cpu[i], peak[i], err = counts(path, args); err != nil {
				return c, err
			}
		}
		for i, args := range [][]string{{"calls", "free"}, {"calls"}} {
			if call[i], err = worked(path, args); err != nil {
				return c, err
			}
		}
		c.Peak = max(c.Peak, peak[1])
		cycles = append(cycles, float64(cpu[0])/frames)
		calls = append(calls, float64(call[1]-call[0])/codes.Calls)
		ratios = append(ratios, float64(cpu[1])/float64(cpu[0]))
		memory = append(memory, float64(peak[1])/float64(peak[0]))
	}
	c.Cycle, c.Call = time.Duration(median(cycles)), time.Duration(max(median(calls), 0))
	c.Share = callsPerFrame * max(median(calls), 0) / median(cycles)
	c.Ratio, c.Memory, c.Rounds = median(ratios), median(memory), rounds
	return c, nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// shape is what is fed.
func shape() camera.Format {
	return camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Stride: 1280, Interval: 40 * time.Millisecond}
}

// counts feeds an eye and gives its processor time.
func counts(path string, args []string) (cpu time.Duration, peak int64, err error) {
	f := shape()
	e, err := launch.Start(launch.Options{Path: path, Args: args, Orders: launch.Door(orders.Feed, f), Format: f, Largest: f.LumaSize()})
	if err != nil {
		return 0, 0, err
	}
	defer e.Kill()
	data := make([]byte, f.LumaSize())
	if _, err := rand.Read(data); err != nil {
		return 0, 0, err
	}
	began := time.Duration(0)
	for n := range uint32(warm + frames) {
		if n == warm {
			if began, err = busy(e.Pid()); err != nil {
				return 0, 0, err
			}
		}
		if err := e.Feed.Write(&camera.Frame{Data: data, Sequence: n}); err != nil {
			return 0, 0, err
		}
	}
	if cpu, err = busy(e.Pid()); err != nil {
		return 0, 0, err
	}
	if peak, err = resident(e.Pid()); err != nil {
		return 0, 0, err
	}
	if err := e.Feed.Close(); err != nil {
		return 0, 0, err
	}
	if !e.Wait(20*time.Second) || e.Status().ExitStatus() != int(orders.Ended) {
		return 0, 0, fmt.Errorf("confine: an honest eye %s, signal %v: %s", orders.Ending(e.Status().ExitStatus()), e.Status().Signal(), e.Words())
	}
	return cpu - began, peak, nil
}

// busy is how much processor time the threads of a process took so far. (Linux, sched-stats.rst,
// "/proc/<pid>/schedstat": the first number, in nanoseconds)
func busy(pid int) (sum time.Duration, err error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err == nil && len(tasks) == 0 {
		err = fmt.Errorf("confine: this kernel keeps no /proc/PID/schedstat")
	}
	for _, t := range tasks {
		b, err := os.ReadFile(t)
		if err != nil {
			return 0, err
		}
		var ns int64
		if _, err := fmt.Sscan(string(b), &ns); err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, err
}

// resident is how much memory a process had in the machine at most, in KiB, its program file included.
// (proc_pid_status(5); getrusage(2) would count what it was forked from)
func resident(pid int) (n int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, err = fmt.Sscan(rest, &n)
		}
	}
	return n, err
}

// worked lets an eye make its calls and gives its processor time.
func worked(path string, args []string) (time.Duration, error) {
	o := launch.Door(orders.Sim, camera.Format{Pixel: camera.GREY, Width: 160, Height: 120, Stride: 160, Interval: 40 * time.Millisecond})
	o.Sim = orders.Scripted{Seed: 1}
	e, err := launch.Start(launch.Options{Path: path, Args: args, Orders: o})
	if err != nil {
		return 0, err
	}
	defer e.Kill()
	if !e.Wait(20*time.Second) || e.Status().ExitStatus() != codes.Worked {
		return 0, fmt.Errorf("confine: the calls ended with code %d, signal %v: %s", e.Status().ExitStatus(), e.Status().Signal(), e.Words())
	}
	return e.CPU(), nil
}
