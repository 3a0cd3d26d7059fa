package imports

import (
	"maps"
	"slices"
	"testing"

	"tellijn/tools/rules/source"
	"tellijn/tools/rules/source/sourcetest"
)

func file(path, body string) map[string]string {
	return map[string]string{path: "package p\n" + body}
}

func TestDirections(t *testing.T) {
	check := sourcetest.For(t, Check)
	check("two stages back", file("counting/blob/a.go", `import "tellijn/counting/grid"`),
		"direction counting/blob/a.go tellijn/counting/grid")
	check("one stage back", file("counting/blob/a.go", `import "tellijn/counting/foreground"`))
	check("the next stage", file("counting/luma/a.go", `import "tellijn/counting/grid"`),
		"direction counting/luma/a.go tellijn/counting/grid")
	check("mjpeg belongs to luma", file("counting/luma/a.go", `import "tellijn/counting/luma/mjpeg"`))
	check("a part of the drawn camera", file("hal/camera/sim/play/a.go", `import "tellijn/hal/camera/sim/path"`))
	check("one driver in another", file("hal/camera/sim/a.go", `import "tellijn/hal/camera/clip"`),
		"direction hal/camera/sim/a.go tellijn/hal/camera/clip")
	check("hal knows nobody", file("hal/clock/a.go", `import "tellijn/privacy/wipe"`),
		"direction hal/clock/a.go tellijn/privacy/wipe")
	check("a new folder", file("privacy/new/a.go", `import "tellijn/counting"`),
		"direction privacy/new/a.go tellijn/counting")
	check("a new stage", file("counting/new/a.go", `import "tellijn/counting/tally"`),
		"direction counting/new/a.go tellijn/counting/tally")
	check("tools", file("firmware/eye/a.go", `import "tellijn/tools/try"`),
		"direction firmware/eye/a.go tellijn/tools/try")
	check("tools in a test", file("firmware/eye/a_test.go", `import "tellijn/tools/try"`),
		"direction firmware/eye/a_test.go tellijn/tools/try")
	check("firmware", file("boards/a.go", `import "tellijn/firmware/config"`),
		"direction boards/a.go tellijn/firmware/config")
	check("tools may all", file("tools/x/a.go", `import ("tellijn/firmware/config"; "net/http"; "os/exec")`))
	check("a test may stand on more", file("counting/blob/a_test.go", `import ("os"; "tellijn/hal/camera/sim")`))
}

func TestElsewhere(t *testing.T) {
	check := sourcetest.For(t, Check)
	check("impure", file("counting/grid/a.go", `import ("os"; "unsafe"; "sync"; "sync/atomic"; "reflect"; "math/rand")`),
		"pure counting/grid/a.go os", "pure counting/grid/a.go unsafe", "pure counting/grid/a.go sync",
		"pure counting/grid/a.go sync/atomic", "pure counting/grid/a.go reflect", "pure counting/grid/a.go math/rand")
	check("pure", file("counting/grid/a.go", `import ("errors"; "fmt"; "math/bits"; "time")`))
	check("exec", file("firmware/warden/a.go", `import "os/exec"`), "banned firmware/warden/a.go os/exec")
	check("exec in a test", file("firmware/warden/a_test.go", `import "os/exec"`))
	check("a maker of pictures", file("hal/camera/a.go", `import "image/png"`), "banned hal/camera/a.go image/png")
	check("events", file("firmware/warden/a.go", `import "log/slog"`))
	check("log lines", file("firmware/warden/a.go", `import "log/syslog"`), "banned firmware/warden/a.go log/syslog")
	check("a driver's module", file("hal/camera/v4l2/a.go", `import ("github.com/blackjack/webcam"; "golang.org/x/sys/unix")`))
	check("in the wrong place", file("firmware/eye/a.go", `import "github.com/blackjack/webcam/ioctl"`),
		"modules firmware/eye/a.go github.com/blackjack/webcam/ioctl")
	check("unheard of", file("privacy/record/a.go", `import "example.org/leftpad"`),
		"modules privacy/record/a.go example.org/leftpad")
}

func TestClock(t *testing.T) {
	check := sourcetest.For(t, Clock)
	check("a span", file("counting/x/a.go", "import \"time\"\nconst a = 3 * time.Second\nvar b time.Duration"))
	check("asking", file("counting/x/a.go", "import \"time\"\nvar a = time.Now()\nvar b = time.After"),
		"clock counting/x/a.go time.Now", "clock counting/x/a.go time.After")
	check("a moment", file("counting/x/a.go", "import \"time\"\nvar a time.Time"), "clock counting/x/a.go time.Time")
	check("another name", file("counting/x/a.go", "import t \"time\"\nvar a = t.Sleep"), "clock counting/x/a.go time.Sleep")
	check("no dots", file("privacy/x/a.go", "import \"time\"\nvar a = time.Since"), "clock privacy/x/a.go time.Since")
	check("a moment that came in", file("privacy/x/a.go", "import \"time\"\nvar a time.Time"))
	check("the clock", file("hal/clock/a.go", "import \"time\"\nvar a = time.Now"))
	check("a driver of the kernel", file("hal/camera/v4l2/a.go", "import \"time\"\nvar a = time.Now"))
	check("another", file("hal/camera/sim/a.go", "import \"time\"\nvar a = time.Now"), "clock hal/camera/sim/a.go time.Now")
}

func TestLinked(t *testing.T) {
	p := Program{Name: "eye", Root: "a", Never: []string{"net/...", "plugin"}, Imports: map[string][]string{
		"a": {"b", "c"}, "b": {"c"}, "c": {"net/http", "netip"}, "net/http": {"net"}, "elsewhere": {"plugin"}}}
	found := Linked([]Program{p})
	sourcetest.Compare(t, found, "linked eye net/http", "linked eye net")
	const want = "this program must not link it; the way there is a -> c -> net/http"
	if len(found) > 0 && found[0].Text != want {
		t.Errorf("says %q, want %q", found[0].Text, want)
	}
}

// TestPrograms sees that the lists of what no program links are asked of real graphs: the drawn
// camera is in the eye for simulated boards, and would be found in the one for real boards.
func TestPrograms(t *testing.T) {
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	programs, err := Programs(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if len(p.Imports) < 30 || len(p.Never) < 10 {
			t.Errorf("%s: %d packages against a list of %d; is it the right program?", p.Name, len(p.Imports), len(p.Never))
		}
		searching := Program{p.Name, p.Root, maps.Clone(p.Imports), p.Never}
		searching.Imports[p.Root] = append(slices.Clone(p.Imports[p.Root]), "tellijn/privacy/privacytest/search")
		if n := len(Linked([]Program{searching})) - len(Linked([]Program{p})); n != 1 {
			t.Errorf("%s: what searches the memory of others would be found %d times, want once", p.Name, n)
		}
	}
	drawn := Program{programs[0].Name, programs[0].Root, programs[1].Imports, programs[0].Never}
	if len(Linked([]Program{drawn})) == 0 {
		t.Error("a drawn camera in the eye of a real board would not be found")
	}
}
