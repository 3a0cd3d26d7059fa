package printed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/attacks/codes"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/forensics/programs"
	"tellijn/tools/proof/launch"
)

// names are the loose attacks of the hostile eye.
func names() []string {
	return []string{"raw", "hex", "base64", "code", "number", "span", "cycles", "drops", "lifetime", "quality", "lines"}
}

// patience is how long an eye may take on a busy machine.
const patience = 20 * time.Second

// shape is what the frames are.
func shape() camera.Format {
	return camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: 40 * time.Millisecond}
}

// outcome is what came of one eye.
type outcome struct {
	name     string
	alone    string // how its pixels were found where it wrote to this program, "" if they were not
	said     string // how they were found in what the warden said
	kept     string // and in what was stored
	listened int    // bytes that the warden said
	stored   int64  // bytes that were stored
}

// Check lets each eye try.
func Check(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	eye, err := b.Program(ctx, attacks.Hostile, "", attacks.Tags)
	if err != nil {
		return nil, err
	}
	all := names()
	out, errs := make([]outcome, len(all)), make([]error, len(all))
	room := make(chan struct{}, 2*runtime.NumCPU()) // most of the time they wait
	var done sync.WaitGroup
	for i, name := range all {
		done.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			out[i], errs[i] = try(ctx, b, eye, name)
			if errs[i] == nil && out[i].kept != "" && out[i].said == "" {
				// Random bytes may look like pixels once in some thousand runs; what an eye does, it does again.
				if errs[i] = os.RemoveAll(filepath.Join(b.Dir, "printed-"+name)); errs[i] == nil {
					out[i], errs[i] = try(ctx, b, eye, name)
				}
			}
		})
	}
	done.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return []claim.Result{judge(out)}, nil
}

// judge sums up.
func judge(all []outcome) claim.Result {
	r := claim.Result{Promises: []int{28, 30, 31}, Name: "Words and records after an eye that was taken over", Command: "go run ./tools/proof -only forensics",
		Measured: fmt.Sprintf("eyes that nothing holds in put the first %d pixels of a frame into words (as they are, hex, base64), their exit code, and numbers of tallies; "+
			"all that the warden then says and stores is looked through for any %d of them in a row (in files, which hold random keys, %d), in these forms and as numbers; "+
			"what could be true, such as the size of the camera, is bounded instead", codes.Pixels, run, runFiles)}
	alone, listened, stored := 0, 0, int64(0)
	var open []string
	for _, o := range all {
		listened, stored = listened+o.listened, stored+o.stored
		if o.alone != "" {
			alone++
		} else {
			open = append(open, o.name+": its pixels did not come out where nobody stops them")
		}
		if o.said != "" {
			open = append(open, o.name+": said by the warden, "+o.said)
		}
		if o.kept != "" {
			open = append(open, o.name+": stored, "+o.kept)
		}
		if o.listened == 0 || o.stored == 0 {
			open = append(open, o.name+": nothing was said or stored")
		}
	}
	carried := func(found func(outcome) string) (n int) {
		for _, o := range all {
			if found(o) != "" {
				n++
			}
		}
		return n
	}
	r.Figure = fmt.Sprintf("pixels in what the warden said of %d of %d eyes, and in what was stored of %d (%d and %d bytes); control: %d of %d carry them out where nobody stops them",
		carried(func(o outcome) string { return o.said }), len(all), carried(func(o outcome) string { return o.kept }), listened, stored, alone, len(all))
	r.Verdict = claim.Judge(len(open) == 0 && len(all) >= 10)
	if len(open) > 0 {
		slices.Sort(open)
		r.Why = "want none, and each control: " + strings.Join(open, "; ")
	}
	return r
}

// try lets one eye try alone and under the warden.
func try(ctx context.Context, b *bench.Bench, eye, name string) (outcome, error) {
	o := outcome{name: name}
	frame, err := pixels(shape().LumaSize())
	if err != nil {
		return o, err
	}
	if err := o.free(eye, frame); err != nil {
		return o, err
	}
	named := filepath.Join(b.Dir, "loose."+codes.Loose+name) // the starter hands no arguments down
	if err := os.Link(eye, named); err != nil && !errors.Is(err, fs.ErrExist) {
		return o, err
	}
	r, err := programs.Start(ctx, b, named, filepath.Join(b.Dir, "printed-"+name), shape(), len(frame), nil)
	if err != nil {
		return o, err
	}
	defer r.Kill()
	for n := range uint32(4) {
		if r.Feed(frame, n) != nil {
			break // the eye is gone
		}
	}
	r.Wait()
	words := []byte(r.Words())
	o.listened = len(words)
	switch o.said = find(words, frame[:codes.Pixels], run); {
	case o.said != "":
	case bytes.Contains(words, []byte("goroutine ")):
		o.said = "by a crash" // which says nothing of a warden that goes on
	case name == "code" && tells(words, int(frame[0])):
		o.said = "as a code"
	}
	return o, filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if o.stored += int64(len(text)); o.kept == "" {
			o.kept = find(text, frame[:codes.Pixels], runFiles)
		}
		return err
	})
}

// free lets it write to this program, which passes everything on.
func (o *outcome) free(eye string, frame []byte) error {
	e, err := launch.Start(launch.Options{Path: eye, Args: []string{codes.Loose + o.name}, Orders: launch.Door(orders.Feed, shape()),
		Format: shape(), Largest: len(frame)})
	if err != nil {
		return err
	}
	defer e.Kill()
	for n := range uint32(4) {
		if e.Feed.Write(&camera.Frame{Data: frame, Sequence: n}) != nil {
			break // the eye is gone
		}
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if o.alone = find(e.Said(), frame[:codes.Pixels], run); o.alone != "" {
			return nil
		}
		select {
		case <-e.Done():
			if o.alone = find([]byte(e.Words()), frame[:codes.Pixels], run); o.name == "code" && e.Status().ExitStatus() == int(frame[0]) {
				o.alone = "as a code"
			}
			return nil
		default:
		}
	}
	return nil
}
