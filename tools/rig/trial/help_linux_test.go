package trial_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/fieldkit/image"
	"tellijn/tools/rig/trial"
)

// Boots take minutes, so that only some happen unless all are asked for. TELLIJN_IMAGES is a folder with images that
// were made before, named BOARD.img.
const (
	allBoots = "TELLIJN_BOOTS" // "all"
	images   = "TELLIJN_IMAGES"
	root     = "../../.."
	logs     = root + "/out/boots" // what consoles said
)

func need(t *testing.T, all bool) {
	t.Helper()
	if testing.Short() {
		t.Skip("booting an image takes a minute; run without -short")
	}
	if all && os.Getenv(allBoots) != "all" {
		t.Skipf("set %s=all to boot every image", allBoots)
	}
	if raceDetector {
		t.Skip("the board has no race detector, and this computer is slow enough; run without -race")
	}
	for _, program := range []string{"qemu-system-aarch64", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s here", program)
		}
	}
}

// made are the images of this run of the tests, each made once.
func made() func(t *testing.T, board string) string {
	var mu sync.Mutex
	dir, paths := "", map[string]string{}
	return func(t *testing.T, board string) string {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if path := filepath.Join(os.Getenv(images), board+".img"); os.Getenv(images) != "" {
			return path
		}
		if paths[board] != "" {
			return paths[board]
		}
		if dir == "" {
			var err error
			if dir, err = os.MkdirTemp("", "images"); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, board+".img")
		ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
		defer stop()
		began := time.Now()
		_, err := image.Build(ctx, image.Options{Board: board, Path: path, Tree: root}, os.Stderr)
		if errors.Is(err, hal.ErrAbsent) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("the image of %s was made in %v", board, time.Since(began).Round(time.Second))
		paths[board] = path
		return path
	}
}

// monday is an early one, shortly before a record ends; the place of boards is an hour ahead.
func monday() time.Time { return time.Date(2027, 3, 1, 8, 14, 0, 0, time.UTC) }

// open boots an image; the console goes to out/boots.
func open(t *testing.T, image string, o trial.Options) *trial.Trial {
	t.Helper()
	if err := os.MkdirAll(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(logs, strings.ReplaceAll(t.Name(), "/", "-")+".log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	o.Image, o.Log, o.Say = image, log, func(line string) { t.Log("rig:", line) }
	if o.Now.IsZero() {
		o.Now = monday()
	}
	if o.Seed == 0 {
		o.Seed = 5
	}
	if o.Boot.Limit == 0 {
		o.Boot.Limit = 8 * time.Minute
	}
	s, err := trial.Open(t.Context(), o)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.End)
	return s
}

// wait waits for a line of the console.
func wait(t *testing.T, s *trial.Trial, mark int, pattern string) string {
	t.Helper()
	line, err := s.Console.Await(t.Context(), mark, pattern, 3*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(line)
	return line
}

// records waits until so many have arrived.
func records(t *testing.T, s *trial.Trial, n int) []record.Record {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
	defer stop()
	if err := s.Receiver.Await(ctx, func(r []record.Record, _ []devicelog.Entry) bool { return len(r) >= n }); err != nil {
		t.Fatalf("%d records arrived, want %d: %v", len(s.Receiver.Records()), n, err)
	}
	return s.Receiver.Records()
}

// off holds the button and looks at what is left.
func off(t *testing.T, s *trial.Trial) {
	t.Helper()
	if err := s.Switch(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if line, _ := s.Console.Find(`Kernel panic|Oops|BUG:|EXT4-fs error`); line != "" {
		t.Errorf("the console says %q", line)
	}
	if now, _ := s.Bench.Powered(); now {
		t.Error("the camera has power after the end")
	}
	if v, err := s.Receiver.Verify(); err != nil {
		t.Error(err)
	} else {
		t.Logf("%d records and %d entries of the log verify", v.Records, v.Entries)
	}
	t.Logf("\n%s", s.Figures())
}

// accounted sees that the device sent nothing but what it has to.
func accounted(t *testing.T, s *trial.Trial) {
	t.Helper()
	may := map[string]bool{"arp": true, "udp to 255.255.255.255:67": true, "udp to 192.0.2.1:67": true, "udp to 192.0.2.1:123": true,
		"udp to 192.0.2.2:123": true, "tcp to 192.0.2.100:8443": true}
	for to, n := range s.Segment.Sent() {
		if !may[to] {
			t.Errorf("the device sent %d packets: %s", n, to)
		}
	}
}
