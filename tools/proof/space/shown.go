package space

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"

	"tellijn/firmware/view"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/space/noise"
	"tellijn/tools/proof/space/screen"
	"tellijn/tools/try/page/browser"
)

// shown looks at what renderers are given.
func (s *shared) shown(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	tree, err := s.read(b)
	if err != nil {
		return nil, err
	}
	full := screen.Fullest()
	encoded, err := view.Encode(&full)
	if err != nil {
		return nil, err
	}
	free, err := screen.Free()
	if err != nil {
		return nil, err
	}
	faults := screen.Pixels()
	linked, packages, err := screen.Linked(ctx, b.Root)
	if err != nil {
		return nil, err
	}
	drawing, files := screen.Drawing(tree)
	kinds := screen.Messages(tree)
	differ, states, crossed, err := s.twice()
	if err != nil {
		return nil, err
	}
	return []claim.Result{
		result("What the black screen is told", "bytes of the state that renderers are given, with the most lines and zones that the limits allow; how many of its bits can be either way; parts of its type that could hold a frame",
			fmt.Sprintf("%d bytes, of which %d bits are free; %d parts that could hold a frame", len(encoded), free, len(faults)), len(encoded) <= 64 && free > 0 && len(faults) == 0, first(faults), promises(4)...),
		result("Kinds of messages to the black screen", "kinds of messages that the view can carry", strings.ReplaceAll(strings.ToLower(strings.Join(kinds, " and ")), "kind", "a "), len(kinds) == 2 && kinds[0] == "kindRecord" && kinds[1] == "kindState", "a state and a record, nothing else", promises(1, 4, 6)...),
		result("Code for pictures in the page with the line", "packages that the page links which hold, read or count frames or make pictures; places in its files that could show one",
			fmt.Sprintf("%d of %d packages, %d places in %d files", len(linked), packages, len(drawing), files), len(linked)+len(drawing) == 0 && packages > 20 && files > 0, first(append(linked, drawing...)), promises(4)...),
		result("The black screen on an even floor and on noise", "a block goes over the line, on an even floor and on noise, both ways: states of the view that are not the same byte for byte",
			fmt.Sprintf("%d of %d states differ, with %d crossings in each", differ, states, crossed), differ == 0 && states > 100 && crossed > 0, "0", promises(4)...),
	}, nil
}

// twice lets blocks cross on noise and on an even floor, and compares the states.
func (s *shared) twice() (differ, states, crossed int, err error) {
	rng := rand.New(rand.NewPCG(s.seed, 2))
	for _, down := range []bool{true, false} {
		plain, err := noise.Cross(false, down, rng)
		if err != nil {
			return 0, 0, 0, err
		}
		for range 3 {
			other, err := noise.Cross(true, down, rng)
			if err != nil {
				return 0, 0, 0, err
			}
			for i := range plain.States {
				states++
				if plain.States[i] != other.States[i] {
					differ++
				}
			}
		}
		crossed += int(plain.Forward + plain.Backward)
	}
	return differ, states, crossed, nil
}

// colours asks a browser.
func (s *shared) colours(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	r := claim.Result{Promises: promises(4), Name: "Colours of the black screen", Command: "go test -count=1 -v -run Colours ./tools/proof/space/screen",
		Measured: fmt.Sprintf("colours of the black screen in a browser, with random lines (seed %d), dark and lit each way", s.seed)}
	c, err := screen.Colours(ctx, rand.New(rand.NewPCG(s.seed, 3)), 4)
	if errors.Is(err, browser.ErrAbsent) {
		r.Verdict, r.Why = claim.NotShown, err.Error()
		return []claim.Result{r}, nil
	}
	if err != nil {
		return nil, err
	}
	ok := len(c.All) <= 3 && c.All[color.RGBA{0, 0, 0, 255}] > 0 && strings.HasPrefix(c.Policy, "default-src 'none'") && !strings.Contains(c.Policy, "img-src")
	r.Figure, r.Verdict = fmt.Sprintf("%d in all on %d screens, at most %d on one", len(c.All), c.Screens, c.Most), claim.Judge(ok)
	if !ok {
		r.Why = fmt.Sprintf("at most 3, one of them black, and a page that may load no picture; colours %v, policy %q", c.All, c.Policy)
	}
	return []claim.Result{r}, nil
}
