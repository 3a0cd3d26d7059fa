package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tellijn/tools/replay/speed"
)

var update = flag.Bool("update", false, "write the counted instructions into testdata/instructions.json")

const (
	kept = "testdata/instructions.json"
	// most instructions a cycle of 640x480 YUYV on 80x60 cells may ever take: 1 ms of a core at
	// 1.4 GHz that finishes one instruction a cycle, 3 in 100 of the time between frames.
	most = 1_400_000
	// half of the frames are counted on before counting begins, so that start is no part of it.
	half = 40
)

// prefixes of the functions that are counted: ours, and what the compiler calls to clear and copy.
var prefixes = []string{"tellijn/", "runtime.memclr", "runtime.memmove", "runtime.duff"}

// TestInstructions counts the arm64 instructions of a cycle and holds them to what they were.
func TestInstructions(t *testing.T) {
	if testing.Short() {
		t.Skip("builds for arm64 and emulates it: not with -short")
	}
	qemu, plugin := tools(t)
	binary := build(t)
	was := map[string]int64{}
	if data, err := os.ReadFile(kept); err != nil || json.Unmarshal(data, &was) != nil {
		t.Logf("%s: nothing to compare with (%v)", kept, err)
	}
	is := map[string]int64{}
	for _, grid := range [...][2]int{{80, 60}, {160, 120}} {
		sc, err := speed.Fit(grid[0], grid[1])
		if err != nil {
			t.Fatal(err)
		}
		all := frames(t, sc.PersonArea, 2*half)
		for _, format := range []string{"YUYV", "MJPG"} {
			path := write(t, format, all)
			run := func(cycles int) map[string]int64 {
				return count(t, qemu, plugin, binary, path, format, sc.PersonArea, cycles)
			}
			short, long := run(half), run(2*half)
			name := fmt.Sprintf("%s %dx%d", format, grid[0], grid[1])
			is[name] = report(t, name, short, long)
			if len(is) == 1 {
				repeatable(t, long, run(2*half))
			}
		}
	}
	if *update {
		keep(t, is)
		return
	}
	for name, n := range is {
		switch w := was[name]; {
		case w == 0:
			t.Errorf("%s: %d instructions a cycle, nothing to compare with: run the test with -update", name, n)
		case n*100 > w*101:
			t.Errorf("%s: %d instructions a cycle, %.1f%% above the %d in %s", name, n, float64(n-w)*100/float64(w), w, kept)
		case n*100 < w*99:
			t.Errorf("%s: %d instructions a cycle, %.1f%% below the %d in %s: well done; run the test with -update to hold on to it",
				name, n, float64(w-n)*100/float64(w), w, kept)
		}
	}
	if n := is["YUYV 80x60"]; n > most {
		say := t.Errorf
		if was["YUYV 80x60"] > most { // not below it yet: said every time, and an error once it was
			say = t.Logf
		}
		say("YUYV 80x60: %d instructions a cycle is ABOVE THE CEILING of %d", n, most)
	}
}

// tools finds qemu and builds the plugin, or skips.
func tools(t *testing.T) (qemu, plugin string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("qemu-user needs Linux")
	}
	qemu, err := exec.LookPath("qemu-aarch64")
	if err != nil {
		t.Skip("qemu-aarch64 is not on this machine; Debian has it in qemu-user")
	}
	if help, _ := exec.Command(qemu, "-help").Output(); !bytes.Contains(help, []byte("-plugin")) {
		t.Skip("this qemu-aarch64 takes no plugins; Debian's qemu-user does, qemu-user-static does not")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not on this machine")
	}
	plugin = filepath.Join(t.TempDir(), "counts.so")
	if out, err := exec.Command(gcc, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", plugin, "counts/counts.c").CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return qemu, plugin
}

func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cycle")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "CGO_ENABLED=0", "GOFLAGS=-trimpath")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// count runs the binary and gives the instructions by function.
func count(t *testing.T, qemu, plugin, binary, path, format string, area int32, cycles int) map[string]int64 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "counts")
	arg := plugin + ",out=" + out + ",prefix=" + strings.Join(prefixes, ",prefix=")
	c := exec.Command(qemu, "-cpu", "cortex-a53", "-plugin", arg, binary, path, format,
		fmt.Sprint(speed.Width), fmt.Sprint(speed.Height), fmt.Sprint(area), fmt.Sprint(cycles))
	// One thread, no collection and no preemption: nothing but the cycle differs between runs.
	c.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1,updatemaxprocs=0", "GOGC=off", "GOMAXPROCS=1")
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("qemu-aarch64: %v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for line := range strings.Lines(string(data)) {
		var n int64
		var name string
		if _, err := fmt.Sscan(line, &n, &name); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		counts[name] += n
	}
	return counts
}

// report gives the instructions a cycle and logs where they go.
func report(t *testing.T, name string, short, long map[string]int64) (sum int64) {
	type part struct {
		name string
		n    int64
	}
	var parts []part
	for name, n := range long {
		if n -= short[name]; n != 0 {
			parts = append(parts, part{name, n / half})
			sum += n
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return int(b.n - a.n) })
	var b strings.Builder
	for _, p := range parts[:min(8, len(parts))] {
		fmt.Fprintf(&b, "\n%12d %s", p.n, p.name)
	}
	t.Logf("%s: %d arm64 instructions a cycle%s", name, sum/half, b.String())
	return sum / half
}

// repeatable tells whether two runs of the same differ by more than 20 instructions in a million, a
// five-hundredth of what the gate allows. They differ at all because the scheduler asks to be let in
// every 10 ms, and the function that is just being entered then begins again: on a busy machine more
// often than on an idle one.
func repeatable(t *testing.T, a, b map[string]int64) {
	var sum, again int64
	for name := range a {
		sum, again = sum+a[name], again+b[name]
	}
	off := max(sum-again, again-sum)
	t.Logf("%d instructions in one run, %d in the next", sum, again)
	if off*1_000_000 > 20*sum {
		t.Errorf("two runs of the same differ by %d of %d instructions", off, sum)
	}
}

func keep(t *testing.T, is map[string]int64) {
	data, err := json.MarshalIndent(is, "", "\t")
	if err == nil {
		err = os.WriteFile(kept, append(data, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
