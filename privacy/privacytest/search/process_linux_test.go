package search_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/privacy/privacytest/search"
)

// TestPlanted: one window, wherever it lies, is found once, there, and of its frame.
func TestPlanted(t *testing.T) {
	for _, mode := range []string{"heap", "stack", "stack of the system", "map", "page edge", "two mappings", "no access", "shared"} {
		t.Run(mode, func(t *testing.T) {
			f, set := frames(t)
			pid := start(t, mode, f[2].Data[777:785])
			got, err := search.Process(pid, set)
			if err != nil {
				t.Fatal(err)
			}
			if got.Hits != 1 || got.Apart != 0 || len(got.Frames) != 1 || got.Frames[0] != 2 || got.Threads != 0 {
				t.Fatalf("found %v, want 1 hit of frame 2", got)
			}
			want := map[string]string{"shared": "/dev/zero (deleted)", "stack of the system": "[stack]"}[mode]
			for _, p := range got.Places {
				if p.Hits == 1 && !strings.HasPrefix(p.Name, "[") && want == "" || p.Hits == 1 && want != "" && p.Name != want {
					t.Errorf("found in %q, want %q", p.Name, want)
				}
			}
			if got.Bytes < 1<<20 || got.Bytes > 1<<30 || got.Untouched < 1<<20 {
				t.Errorf("searched %d bytes, %d untouched", got.Bytes, got.Untouched)
			}
			if all, err := search.All(pid, set); err != nil || all.Hits != 1 || all.Threads < 2 {
				t.Errorf("all: %v, %v", all, err)
			}
			if r, err := search.Registers(pid, set); err != nil || r.Hits != 0 || r.Threads < 2 {
				t.Errorf("registers: %v, %v", r, err)
			}
		})
	}
}

// TestSeven: 7 bytes of a frame are no window.
func TestSeven(t *testing.T) {
	f, set := frames(t)
	got, err := search.All(start(t, "heap", f[0].Data[100:107]), set)
	if err != nil || got.Hits != 0 {
		t.Fatalf("%v, %v", got, err)
	}
}

// TestCleared: frames that were read in place and overwritten leave nothing; kept, all is found.
func TestCleared(t *testing.T) {
	f, set := frames(t)
	var all []byte
	for _, one := range f {
		all = append(all, one.Data...)
	}
	got, err := search.All(start(t, "arena cleared", all), set)
	if err != nil || got.Hits != 0 || len(got.Frames) != 0 {
		t.Errorf("cleared: %v, %v", got, err)
	}
	if got, err = search.All(start(t, "arena kept", all), set); err != nil || got.Hits < set.Windows() || len(got.Frames) != 3 {
		t.Errorf("kept: %v, %v, want %d hits", got, err, set.Windows())
	}
}

// TestRegisters: what is in a register and nowhere else is found there.
func TestRegisters(t *testing.T) {
	for mode, size := range map[string]int{"vector": 16, "general": 8, "wide": 32} {
		t.Run(mode, func(t *testing.T) {
			f, set := frames(t)
			b := f[1].Data[50:][:size]
			if mode == "wide" { // the lower half is of no frame: only the upper one may be found
				b = append(make([]byte, 16), b[16:]...)
			}
			pid := start(t, mode, b)
			got, err := search.All(pid, set)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"vector": "registers: floating point", "general": "registers: general",
				"wide": "registers: x86 extended"}[mode]
			least := map[string]int{"vector": 9, "general": 1, "wide": 9}[mode]
			hits := 0
			for _, p := range got.Places {
				if p.Name == want {
					hits = p.Hits
				} else if p.Hits > 0 && !strings.HasPrefix(p.Name, "registers: ") {
					t.Errorf("%d hits in %s, want registers only", p.Hits, p.Name)
				}
			}
			if hits != least || len(got.Frames) != 1 || got.Frames[0] != 1 {
				t.Errorf("%d hits in %s, want %d: %v", hits, want, least, got)
			}
			if m, err := search.Process(pid, set); err != nil || m.Hits != 0 {
				t.Errorf("memory: %v, %v", m, err)
			}
		})
	}
}

// TestApart: hits in a mapping that the caller names are counted by themselves.
func TestApart(t *testing.T) {
	f, set := frames(t)
	name := filepath.Join(t.TempDir(), "video")
	if err := os.WriteFile(name, make([]byte, os.Getpagesize()), 0o600); err != nil {
		t.Fatal(err)
	}
	pid := start(t, "file", f[0].Data[:8], fileKey+"="+name)
	got, err := search.All(pid, set, name)
	if err != nil || got.Hits != 0 || got.Apart != 1 || len(got.Frames) != 0 {
		t.Errorf("set apart: %v, %v", got, err)
	}
	if got, err = search.All(pid, set, "/dev/video9"); err != nil || got.Hits != 1 || got.Apart != 0 || got.Places[0].Name != name {
		t.Errorf("another name: %v, %v", got, err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if got, err = search.All(pid, set, name); err != nil || got.Hits != 0 || got.Apart != 1 {
		t.Errorf("deleted: %v, %v", got, err)
	}
}

// TestSecret: memory that the kernel gives to nobody is counted, by name.
func TestSecret(t *testing.T) {
	f, set := frames(t)
	got, err := search.All(start(t, "secret", f[0].Data[:8]), set)
	if err != nil || got.Hits != 0 {
		t.Fatalf("%v, %v", got, err)
	}
	for _, p := range got.Places {
		if strings.HasPrefix(p.Name, "/secretmem") && p.Unreadable == int64(2*os.Getpagesize()) && p.Bytes == 0 {
			return
		}
	}
	t.Errorf("no secret memory of two pages: %v", got)
}

// TestShutOff: root sees the memory of a process that shuts itself off.
func TestShutOff(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may look into a process that cannot be dumped")
	}
	f, set := frames(t)
	got, err := search.All(start(t, "not dumpable", f[1].Data[8:16]), set)
	if err != nil || got.Hits != 1 {
		t.Fatalf("%v, %v", got, err)
	}
}
