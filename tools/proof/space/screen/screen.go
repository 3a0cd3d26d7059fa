// Package screen looks at what can be shown of a running counter: the type that the renderers are
// given, what they import, and how many colours a browser makes of it. It has no way to a camera.
// It is a part of tools/proof/space.
package screen

import (
	"context"
	"fmt"
	"go/ast"
	"image/color"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/firmware/view"
	"tellijn/hal/camera"
	"tellijn/tools/rules/source"
	"tellijn/tools/try/page"
	"tellijn/tools/try/page/browser"
)

// Fullest is a state with as many lines and zones as the limits allow, each number at its largest.
func Fullest() view.State {
	s := view.State{Number: 1<<16 - 1, Counting: true}
	for range counting.MaxLines {
		s.Lines = append(s.Lines, view.Line{LitForward: true, LitBackward: true, Forward: 1<<32 - 1, Backward: 1<<32 - 1})
	}
	for range counting.MaxZones {
		s.Zones = append(s.Zones, 255)
	}
	return s
}

// Pixels gives every part of a type that could hold a frame: lists without a bound that encode does
// not refuse, text, pointers, interfaces, maps, channels, functions, and types of cameras or pictures.
func Pixels() (faults []string) {
	var walk func(t reflect.Type, at string)
	walk = func(t reflect.Type, at string) {
		if p := t.PkgPath(); strings.Contains(p, "camera") || strings.HasPrefix(p, "image") || strings.Contains(p, "counting/") {
			faults = append(faults, fmt.Sprintf("%s is a %v", at, t))
		}
		switch t.Kind() {
		case reflect.Struct:
			for i := range t.NumField() {
				walk(t.Field(i).Type, at+"."+t.Field(i).Name)
			}
		case reflect.Slice:
			if !bounded(at) {
				faults = append(faults, at+" is a list without a bound")
			}
			walk(t.Elem(), at+"[]")
		case reflect.Array:
			if t.Len() > view.StateSize {
				faults = append(faults, fmt.Sprintf("%s has %d elements", at, t.Len()))
			}
			walk(t.Elem(), at+"[]")
		case reflect.Bool, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		default:
			faults = append(faults, fmt.Sprintf("%s is a %v", at, t.Kind()))
		}
	}
	walk(reflect.TypeFor[view.State](), "State")
	return faults
}

// bounded tells whether Encode refuses a list that is longer than the limits of counting.
func bounded(at string) bool {
	s := Fullest()
	v := reflect.ValueOf(&s).Elem().FieldByName(strings.TrimPrefix(at, "State."))
	if !v.IsValid() || v.Kind() != reflect.Slice || v.Len() > 8 {
		return false
	}
	v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	_, err := view.Encode(&s)
	return err != nil
}

// Free counts the bits of an encoded state that can be either way: it changes each alone and looks
// whether the state is still taken and means something else.
func Free() (free int, err error) {
	s := Fullest()
	b, err := view.Encode(&s)
	if err != nil {
		return 0, err
	}
	plain, err := view.Decode(b[:])
	if err != nil {
		return 0, err
	}
	for i := range 8 * view.StateSize {
		c := b
		c[i/8] ^= 1 << (i % 8)
		other, err := view.Decode(c[:])
		if err == nil && !reflect.DeepEqual(other, plain) && len(other.Lines) == len(plain.Lines) && len(other.Zones) == len(plain.Zones) {
			free++
		}
	}
	return free, nil
}

// Messages gives the names of the kinds of messages that firmware/view declares.
func Messages(t *source.Tree) (kinds []string) {
	for _, f := range t.Files {
		if f.Go == nil || f.Test() || f.Dir() != "firmware/view" {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					if strings.HasPrefix(id.Name, "kind") {
						kinds = append(kinds, id.Name)
					}
				}
			}
			return true
		})
	}
	slices.Sort(kinds)
	return kinds
}

// Linked gives what the page links that could hold, read or count frames, and how much it links.
func Linked(ctx context.Context, root string) (bad []string, packages int, err error) {
	c := exec.CommandContext(ctx, "go", "list", "-deps", "./tools/try/page")
	c.Dir, c.Env = root, os.Environ()
	out, err := c.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("screen: go list: %w", err)
	}
	for _, p := range strings.Fields(string(out)) {
		packages++
		own, inside := strings.CutPrefix(p, "tellijn/")
		may := []string{"tools/try/page", "firmware/view", "privacy/record", "privacy/coding", "privacy/sign", "privacy/layers", "counting", "counting/scene", "counting/tally", "hal", "hal/camera"}
		// hal/camera is the interface and the names of formats; no driver. counting/tally stands for
		// the quality bits, and brings the stages it sums up with it as types; privacy/layers stands
		// for the other quality bits, and is names. A record is read by privacy/coding and privacy/sign.
		if inside && !slices.Contains(may, own) || strings.HasPrefix(p, "image") {
			bad = append(bad, p)
		}
	}
	return bad, packages, nil
}

// Drawing gives what the page's own files have that could show a picture.
func Drawing(t *source.Tree) (found []string, files int) {
	can := regexp.MustCompile(`(?i)<(img|canvas|video|picture|object|embed|iframe|image)\b|drawImage|putImageData|ImageData|ImageBitmap|createObjectURL|url\(|data:image|getContext|feImage|MediaSource`)
	for _, f := range t.Files {
		if !f.Under("tools/try/page/assets") {
			continue
		}
		files++
		for _, m := range can.FindAllString(f.Text, -1) {
			found = append(found, f.Path+": "+m)
		}
	}
	return found, files
}

// Shown are the colours of a screen.
type Shown struct {
	Screens int // that were drawn
	Most    int // colours on one screen
	All     map[color.RGBA]int
	Policy  string // what the page lets a browser load
}

// Colours draws scenes with random lines, as many as there can be, dark and lit in every way, and
// counts colours. The error wraps browser.ErrAbsent where there is no browser.
func Colours(ctx context.Context, rng *rand.Rand, scenes int) (s Shown, err error) {
	ctx, stop, err := browser.Start(ctx)
	if err != nil {
		return s, err
	}
	defer stop()
	s.All = map[color.RGBA]int{}
	for range scenes {
		if err := s.scene(ctx, rng); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Shown) scene(ctx context.Context, rng *rand.Rand) error {
	sc := scene.Scene{PersonArea: 20_000, NLines: 1 + rng.IntN(counting.MaxLines)}
	for i := range sc.NLines {
		for sc.Lines[i] == (scene.Line{}) || sc.Check() != nil && i == sc.NLines-1 {
			sc.Lines[i] = scene.Line{A: spot(rng), B: spot(rng)}
		}
	}
	hub := page.NewHub()
	handler, err := page.Handler(hub, page.NewScreen("Proof", "This camera is simulated.", &sc, camera.Format{Width: 64 + rng.IntN(2000), Height: 64 + rng.IntN(1000)}))
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	defer server.CloseClientConnections()
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		return err
	}
	answer.Body.Close()
	s.Policy = answer.Header.Get("Content-Security-Policy")
	if err := chromedp.Run(ctx, chromedp.Navigate(server.URL), chromedp.WaitVisible("#screen", chromedp.ByID)); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	for _, lit := range []int{0, 1, 2, 3} {
		st := view.State{Counting: true, Lines: make([]view.Line, sc.NLines)}
		st.Lines[0] = view.Line{LitForward: lit&1 > 0, LitBackward: lit&2 > 0}
		wait := chromedp.WaitNotPresent("#screen.waiting", chromedp.ByQuery)
		if lit > 0 {
			wait = chromedp.WaitReady("#line-1.lit", chromedp.ByQuery)
		}
		hub.Take(view.Message{State: &st}, time.Now())
		if err := chromedp.Run(ctx, wait); err != nil {
			return fmt.Errorf("screen: %w", err)
		}
		all, err := browser.Colours(ctx)
		if err != nil {
			return err
		}
		s.Screens++
		s.Most = max(s.Most, len(all))
		for c, n := range all {
			s.All[c] += n
		}
	}
	return nil
}

func spot(rng *rand.Rand) scene.Point {
	return scene.Point{X: rng.Int32N(scene.One + 1), Y: rng.Int32N(scene.One + 1)}
}
