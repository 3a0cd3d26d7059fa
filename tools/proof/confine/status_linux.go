package confine

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/launch"
)

// Seen is what can be seen of a running eye from outside.
type Seen struct {
	Status  map[string]string // of /proc/PID/status
	Shared  []string          // namespaces that it shares with this program
	Devices []string          // of the network, besides lo
	Open    []string          // what its descriptors are, where that may be read
	Core    string            // limit on core files
	Said    wire.Message      // its first tally
}

// Look starts an eye on a drawn camera and looks at it once it counts.
func Look(ctx context.Context, b *bench.Bench) (s Seen, err error) {
	path, err := b.Program(ctx, "firmware/eye", "", "sim")
	if err != nil {
		return s, err
	}
	o := launch.Door(orders.Sim, camera.Format{Pixel: camera.GREY, Width: 160, Height: 120, Stride: 160, Interval: 40 * time.Millisecond})
	o.Sim = orders.Scripted{Seed: 1}
	e, err := launch.Start(launch.Options{Path: path, Orders: o, Spaces: true})
	if err != nil {
		return s, err
	}
	defer e.Kill()
	for end := time.Now().Add(20 * time.Second); len(e.Said()) < wire.Size; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return s, fmt.Errorf("confine: the eye says nothing")
		}
	}
	if s.Said, err = wire.Decode((*[wire.Size]byte)(e.Said()[:wire.Size])); err != nil {
		return s, err
	}
	proc := fmt.Sprintf("/proc/%d/", e.Pid())
	text, err := os.ReadFile(proc + "status")
	if err != nil {
		return s, err
	}
	s.Status = map[string]string{}
	for line := range strings.Lines(string(text)) {
		k, v, _ := strings.Cut(line, ":")
		s.Status[k] = strings.Join(strings.Fields(v), " ")
	}
	for _, n := range []string{"net", "mnt", "pid", "ipc", "uts"} {
		own, _ := os.Readlink("/proc/self/ns/" + n)
		if its, _ := os.Readlink(proc + "ns/" + n); its != "" && its == own {
			s.Shared = append(s.Shared, n)
		}
	}
	if text, err := os.ReadFile(proc + "net/dev"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "lo" {
				s.Devices = append(s.Devices, name)
			}
		}
	}
	fds, _ := os.ReadDir(proc + "fd")
	for _, f := range fds {
		to, _ := os.Readlink(proc + "fd/" + f.Name())
		s.Open = append(s.Open, f.Name()+" "+to)
	}
	limits, _ := os.ReadFile(proc + "limits")
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			s.Core = strings.Join(strings.Fields(rest), " ")
		}
	}
	return s, nil
}
