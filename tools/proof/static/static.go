// Package static is the half of the proof that reads: what the eye, counting and privacy import, call,
// open and ask of the kernel, as committed lists in tools/proof/static/lists allow it, and what is in
// the built program. It runs nothing of the device and sees no frame. What it cannot see is said in
// tools/proof/static/graph; privacy/sandbox is the wall for that. It stands outside the data path,
// for tools/proof.
package static

import (
	"context"
	"fmt"
	"strings"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/static/capability"
	"tellijn/tools/proof/static/find"
	"tellijn/tools/proof/static/lists"
	"tellijn/tools/rules/source"
)

// command repeats all of this package.
const command = "go test -v ./tools/proof/static"

// Checks are the static checks. All of them together take about half a minute and need no network.
func Checks() []claim.Check {
	root := func(f func(context.Context, string, map[string][]byte) ([]claim.Result, error)) func(context.Context, *bench.Bench) ([]claim.Result, error) {
		return func(ctx context.Context, b *bench.Bench) ([]claim.Result, error) { return f(ctx, b.Root, nil) }
	}
	return []claim.Check{
		{Name: "static: imports", Run: root(imported)},
		{Name: "static: calls", Run: root(called)},
		{Name: "static: capabilities", Run: root(capable)},
		{Name: "static: program", Run: built},
		{Name: "static: words", Run: func(_ context.Context, b *bench.Bench) ([]claim.Result, error) {
			tree, err := source.Read(b.Root)
			if err != nil {
				return nil, err
			}
			return worded(tree)
		}},
	}
}

// judged is a result that fell short if anything is wrong, and then says the first of it.
func judged(name, measured, figure string, wrong []string, promises ...int) claim.Result {
	r := claim.Result{Promises: promises, Name: name, Measured: measured, Figure: figure,
		Verdict: claim.Judge(len(wrong) == 0), Command: command}
	if more := len(wrong) - 3; more > 0 {
		wrong = append(wrong[:3:3], fmt.Sprintf("and %d more; see go run ./tools/proof/static/baseline", more))
	}
	if len(wrong) > 0 {
		r.Why = "none of these: " + strings.Join(wrong, "; ")
	}
	return r
}

// against compares with a committed list.
func against(name string, found lists.Found, wrong []string) ([]string, int, error) {
	lines, err := lists.Read(name)
	if err != nil {
		return nil, 0, err
	}
	return append(wrong, lists.Compare(lines, found)...), len(lines), nil
}

// called judges what the eye can call. overlay replaces files by absolute path, for tests.
func called(ctx context.Context, root string, overlay map[string][]byte) ([]claim.Result, error) {
	eye, err := find.Load(ctx, root, overlay)
	if err != nil {
		return nil, err
	}
	allowed, err := lists.Read("opens")
	if err != nil {
		return nil, err
	}
	unseen, _, err := against("bare", eye.Bare(), eye.Unseen())
	if err != nil {
		return nil, err
	}
	named := ""
	for _, l := range allowed {
		named += "; but " + l.Key + ": " + l.Why
	}
	opens, wrongOpens := eye.Opens(allowed)
	fields, sizes, wrongFields := eye.Messages()
	var out []claim.Result
	for _, c := range []struct {
		list, name, measured, figure string
		found                        lists.Found
		wrong                        []string
		promises                     []int
	}{
		{"opens", "Ways for the eye to open something by name", "every call in both builds of the eye was followed from main; none reaches a system call that opens by name" + named,
			"%d other ways among %d functions, %d allowed", opens, wrongOpens, []int{31, 64}},
		{"calls", "System calls of the eye, against a list", "the number of every system call outside the Go runtime was followed to a constant, and stands on a list with the function and the reason",
			"%d not as listed among %d functions, %d on the list", eye.Calls(), unseen, []int{28, 31, 64}},
		{"requests", "Requests of the eye to the camera, against a list", "every request of ioctl was followed to a constant, and stands on a list; none hands a frame to another program",
			"%d not as listed among %d functions, %d on the list", eye.Requests(), exports(eye.Requests()), []int{31, 64}},
		{"library", "Use of the camera library, against a list", "every function of github.com/blackjack/webcam that is used stands on a list with the requests that it can make",
			"%d not as listed among %d functions, %d on the list", eye.Library(), nil, []int{28, 31}},
		{"fields", "Messages to and from the eye, against a list", fmt.Sprintf("orders (to the eye) and tallies (from it) are arrays of %d bytes, no encoding of free length is linked, "+
			"and every field stands on a list: none is a path, a time inside, a speed or an attribute of somebody", sizes),
			"%d not as listed among %d functions, %d fields", fields, wrongFields, []int{28, 31, 59, 61}},
	} {
		wrong, n, err := against(c.list, c.found, c.wrong)
		if err != nil {
			return nil, err
		}
		out = append(out, judged(c.name, c.measured, fmt.Sprintf(c.figure, len(wrong), eye.Functions(), n), wrong, c.promises...))
	}
	return out, nil
}

// exports gives requests that would hand frames to others, whatever the list says.
func exports(found lists.Found) (wrong []string) {
	for key := range found {
		if strings.Contains(key, " | EXPBUF | ") || strings.Contains(key, " | unknown | ") {
			wrong = append(wrong, "never to be listed: "+key)
		}
	}
	return wrong
}

// capable judges what capslock finds.
func capable(ctx context.Context, root string, overlay map[string][]byte) ([]claim.Result, error) {
	found, ways, err := capability.Listed(ctx, root, overlay)
	if err != nil {
		return nil, err
	}
	wrong, n, err := against("capabilities", found, nil)
	if err != nil {
		return nil, err
	}
	for i, w := range wrong {
		if way := ways[strings.TrimPrefix(w, "not on the list: ")]; way != "" {
			wrong[i] = w + " by way of " + way
		}
	}
	return []claim.Result{judged("What the packages of the eye are able to do, against a list", "github.com/google/capslock found what each package of the eye, counting and privacy is able to do; each stands on a list, and none is the network or other programs",
		fmt.Sprintf("%d not as listed, %d on the list", len(wrong), n), append(wrong, dire(found)...), 28, 31)}, nil
}

// dire gives capabilities that no list may allow.
func dire(found lists.Found) (wrong []string) {
	for key := range found {
		for _, name := range []string{"NETWORK", "EXEC", "CGO"} {
			if strings.Contains(key, " | "+name+" | ") {
				wrong = append(wrong, "never to be listed: "+key)
			}
		}
	}
	return wrong
}
