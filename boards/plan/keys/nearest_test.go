package keys

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type line struct {
	From [2]float64 `toml:"from"`
}

type file struct {
	Device string `toml:"device"`
	Scene  *struct {
		Area  float64 `toml:"person_area"`
		Lines []line  `toml:"line"`
	} `toml:"scene"`
	Camera struct {
		Path   string `toml:"path,omitempty"`
		Width  int    `toml:"width"`
		Height int    `toml:"height"`
	} `toml:"camera"`
	Board string // no key
	Never int    `toml:"-"`
}

func TestOf(t *testing.T) {
	want := []string{"device", "scene", "scene.person_area", "scene.line", "scene.line.from", "camera", "camera.path", "camera.width", "camera.height"}
	if got := Of(&file{}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := Of(nil); got != nil {
		t.Errorf("%q", got)
	}
}

func TestHint(t *testing.T) {
	known := Of(&file{})
	for key, want := range map[string]string{
		"camera.heigth":       "did you mean camera.height?",
		"camera.widht":        "did you mean camera.width?",
		"camrea.width":        "did you mean camera.width?",
		"devise":              "did you mean device?",
		"scene.line[2].form":  "did you mean scene.line.from?",
		"scene.lines":         "did you mean scene.line?",
		"camera.person_area":  "person_area belongs into [scene]",
		"scene.device":        "device stands above the first table",
		"camera.zoom":         "in [camera] there are: path, width, height",
		"upload":              "there are: device, scene, camera",
		"upload.address":      "there are: device, scene, camera",
		"scene.line.rotation": "in [scene.line] there are: from",
	} {
		if got := Hint(key, known); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"lamp", "lamp", 0}, {"lamp", "lmap", 1}, {"lamp", "lam", 1}, {"lamp", "clamp", 1}, {"lamp", "damp", 1}, {"lamp", "", 4}, {"kitten", "sitting", 3}} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("%s, %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
	if distance(strings.Repeat("a", 65), "a") < 3 {
		t.Error("a long word is near to a short one")
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 8, -1)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q, %q: %d", a, b, d)
		}
	})
}

// FuzzHint sees that there is a hint for everything, and that nothing ends the program.
func FuzzHint(f *testing.F) {
	f.Add("camera.heigth", "a = 1\n[b]\n")
	f.Add("a[.]b", "[[a]]\n[a.b]\nc=")
	f.Add("", "=")
	known := Of(&file{})
	f.Fuzz(func(t *testing.T, key, text string) {
		if Hint(key, known) == "" {
			t.Fatal("no hint")
		}
		if n := Line(text, key); n < 1 || n > strings.Count(text, "\n")+1 {
			t.Fatalf("line %d", n)
		}
	})
}
