package recipe

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tellijn/boards"
)

// folder copies the folder of a board under another name, with the name changed in its files.
func folder(t *testing.T, from, to string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := os.ReadDir(filepath.Join("..", from))
	if err != nil || len(entries) < 4 {
		t.Fatal(len(entries), err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join("..", from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[to+"/"+e.Name()] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(text), from, to))}
	}
	return out
}

// TestFolderMakesBoard adds a folder and nothing else, as CONTRIBUTING.md says, and sees that boards,
// recipes, the checks of folders and the embedding of both all take it.
func TestFolderMakesBoard(t *testing.T) {
	const name = "a-new-board"
	fsys := folder(t, "rpi-cm4", name)
	b, err := boards.From(fsys, name)
	if err != nil || b.Name != name || b.Parts.Lamp != "GPIO22" {
		t.Fatalf("%+v, %v", b, err)
	}
	r, err := From(fsys, name)
	if err != nil || r.Board != name {
		t.Fatalf("%+v, %v", r, err)
	}
	if wrong := complain(fsys, b, r); len(wrong) > 0 {
		t.Error(wrong)
	}
	// A name that was forgotten is an error that says where.
	stale := fstest.MapFS{"other/board.toml": fsys[name+"/board.toml"]}
	if _, err := boards.From(stale, "other"); err == nil || !strings.Contains(err.Error(), "other/board.toml:4: invalid: name") {
		t.Error(err)
	}

	// The folder alone, laid over this repository, is in what the programs carry.
	dir := t.TempDir()
	replace := map[string]string{}
	for p, f := range fsys {
		real := filepath.Join(dir, filepath.Base(p))
		if err := os.WriteFile(real, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		at, err := filepath.Abs(filepath.Join("..", p))
		if err != nil {
			t.Fatal(err)
		}
		replace[at] = real
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-overlay", list, "-f", "{{join .EmbedFiles \" \"}}", "..").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{name + "/board.toml", name + "/image.toml", "sim/board.toml"} {
		if !slices.Contains(strings.Fields(string(out)), want) {
			t.Errorf("%s is not embedded: %s", want, out)
		}
	}
}

// TestComplain breaks a folder in each way that the checks look for.
func TestComplain(t *testing.T) {
	for _, tc := range []struct{ file, from, to, want string }{
		{"wiring.svg", `data-pin="13"`, `data-pin="11"`, "pin 11 is GPIO17, not GPIO27"},
		{"wiring.svg", `data-pin="15" data-line="GPIO22"`, `data-pin="11" data-line="GPIO17"`, "pin 11 is used twice"},
		{"wiring.svg", `data-part="lamp"`, ``, "wiring.svg has lamp on  and board.toml on GPIO22"},
		{"wiring.svg", `data-part="lamp"`, `data-part="button"`, "two pins for button"},
		{"wiring.svg", `</g>`, ``, "wiring.svg: XML syntax error"},
		{"wiring.svg", `</svg>`, `<script/></svg>`, "shapes and words only"},
		{"wiring.svg", `data-component="R4"`, `data-component="R5"`, "R5 is drawn twice"},
		{"wiring.svg", `data-component="R4"`, `data-component="R44"`, "README.md names R44 less than twice"},
		{"README.md", `| 13 | GPIO27 |`, `| 12 | GPIO27 |`, "README.md has no row for pin 13"},
		{"README.md", `| emulated |`, `| bench |`, "does not say that this was tried"},
		{"README.md", `## 1. Dangers first`, `## 1. Beginning`, "README.md lacks: ## 1. Dangers first"},
		{"image.toml", `"kernel=kernel8.img"`, `"kernel=vmlinuz"`, "config.txt lacks kernel=kernel8.img"},
		{"image.toml", `"dtoverlay=disable-bt"`, `"dtoverlay=disable-b"`, "config.txt asks for"},
		{"image.toml", `radio    = false`, `radio    = true`, "different things about Wi-Fi"},
		{"board.toml", `lamp         = "GPIO22"`, `lamp = "GPIO24"`, "wiring.svg has lamp on GPIO22 and board.toml on GPIO24"},
	} {
		fsys := folder(t, "rpi-cm4", "x")
		f := fsys["x/"+tc.file]
		text := strings.Replace(string(f.Data), tc.from, tc.to, 1)
		if text == string(f.Data) {
			t.Fatalf("%s: %q is not there", tc.file, tc.from)
		}
		f.Data = []byte(text)
		b, err := boards.From(fsys, "x")
		if err != nil {
			t.Fatal(err)
		}
		r, err := From(fsys, "x")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(complain(fsys, b, r), "\n"); !strings.Contains(got, tc.want) {
			t.Errorf("%s for %s: got %q, want %q", tc.to, tc.from, got, tc.want)
		}
	}
	for _, file := range []string{"wiring.svg", "README.md"} {
		fsys := folder(t, "rpi-cm4", "x")
		delete(fsys, "x/"+file)
		b, _ := boards.From(fsys, "x")
		r, _ := From(fs.FS(fsys), "x")
		if got := strings.Join(complain(fsys, b, r), "\n"); !strings.Contains(got, "no "+file) {
			t.Error(got)
		}
	}
}
