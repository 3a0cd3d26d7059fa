package space

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/firmware/orders"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/space/outside"
	"tellijn/tools/proof/space/told"
	"tellijn/tools/proof/space/values"
	"tellijn/tools/proof/space/walk"
)

// deviceTexts are the configurations that flags name: an ordinary one, and some with a rule that is finer
// than the floor, or that is none.
func deviceTexts() map[string]string {
	const zone = "[release]\nzone = \"Europe/Amsterdam\"\n"
	return map[string]string{
		"@config":  "device = \"north-door\"\ninterval = \"15m\"\n",
		"@two":     zone + "k = 2\n",
		"@one":     zone + "k = 1\n",
		"@early":   zone + "open = \"07:29\"\n",
		"@late":    zone + "close = \"22:01\"\n",
		"@short":   "interval = \"14m\"\n" + zone,
		"@minute":  "interval = \"1m\"\n" + zone,
		"@nowhere": "[release]\nk = 3\n",
	}
}

// boardText is a board that only the warden on the desk knows.
func boardText(name, kind string) string {
	return fmt.Sprintf("name = %q\ntitle = \"A board for the proof\"\nkind = %q\ncompatible = [\"proof,board\"]\ndevice = \"probe\"\ninterval = \"15m\"\nbeat = \"1s\"\nspeed = 1\n"+
		"[camera]\ndriver = \"v4l2\"\npath = \"/dev/video0\"\nwidth = 640\nheight = 480\nfps = 25\n[scene]\nperson_area = 0.03\n[[scene.line]]\nfrom = [0, 0.5]\nto = [1, 0.5]\n[release]\nzone = \"UTC\"\n"+
		"[memory]\nbudget = 64\n[hours]\nopen = [\"mon-sun 00:00-24:00\"]\n[approval]\nsigner = %q\n", name, kind, outside.Approver())
}

// flagSum is what runs of the warden came to.
type flagSum struct {
	mu                          sync.Mutex
	runs, refused, told, silent int
	same                        int // orders that are those of the model
	wrong, unclear              []string
	errs                        []error
}

// flags runs the warden with flags.
func (s *shared) flags(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	desk, err := outside.New(ctx, b, boardText(outside.RealBoard, "real"), boardText(outside.VirtualBoard, "virtual"), deviceTexts())
	if err != nil {
		return nil, err
	}
	sum, todo, wait := &flagSum{}, make(chan map[string]string), sync.WaitGroup{}
	for range 3 {
		wait.Go(func() {
			for f := range todo {
				sum.one(ctx, desk, f)
			}
		})
	}
	list := flagSets()
	for _, f := range list {
		if ctx.Err() == nil {
			todo <- f
		}
	}
	close(todo)
	wait.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(sum.errs) > 0 {
		return nil, sum.errs[0]
	}
	return []claim.Result{
		result("Flags of the warden, each value and pairs", "the warden itself, started with each flag at each value and with pairs of flags, on a real, a simulated and a virtual board, with a stand-in for the eye that says the hash of its orders: refused, or the eye is told what the flags say and it holds; a real board takes no drawn camera, clip, -feed, -view, -world, other speed or compressed time, and no board starts with a rule finer than the floor",
			fmt.Sprintf("%d of %d runs wrong; %d refused their flags, %d told their eye, %d did neither; orders as worked out here in %d",
				len(sum.wrong), sum.runs, sum.refused, sum.told, sum.silent, sum.same),
			len(sum.wrong) == 0 && sum.same == sum.told && sum.told > 20 && sum.refused > 50, first(sum.wrong), promises(1, 31)...),
		result("Refused flags are named", "words of a warden that refuses its flags", fmt.Sprintf("%d of %d name no flag or key", len(sum.unclear), sum.refused), len(sum.unclear) == 0 && sum.refused > 50, first(sum.unclear), 29, 41),
	}, nil
}

// flagSets are the flags of all runs: each alone on each board, and pairs of those that decide.
func flagSets() (all []map[string]string) {
	table := values.Flags()["firmware/warden"]
	base := map[string]string{"eye": "@eye", "courier": "@courier", "dir": "@dir", "board": "sim"}
	add := func(pairs ...string) {
		f := maps.Clone(base)
		for i := 0; i < len(pairs); i += 2 {
			f[pairs[i]] = pairs[i+1]
		}
		if !slices.ContainsFunc(all, func(g map[string]string) bool { return maps.Equal(f, g) }) {
			all = append(all, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		for _, v := range table[name] {
			add(name, v)
			if slices.Contains([]string{"driver", "device", "speed", "compress", "feed", "view", "world", "config", "approval"}, name) {
				add(name, v, "board", outside.RealBoard)
			}
		}
	}
	for _, d := range table["driver"] {
		for _, board := range []string{"sim", outside.RealBoard, outside.VirtualBoard} {
			for _, v := range []string{"/dev/video0", "/dev/../etc/passwd"} {
				add("driver", d, "device", v, "board", board)
			}
			add("driver", d, "speed", "1000", "board", board)
			add("driver", d, "view", "3", "board", board)
		}
	}
	return all
}

// one runs the warden once and judges what it did.
func (s *flagSum) one(ctx context.Context, d *outside.Desk, flags map[string]string) {
	a, err := d.Run(ctx, flags)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.errs = append(s.errs, err)
		return
	}
	s.runs++
	words := strings.ReplaceAll(strings.TrimSpace(a.Said), "\n", " / ")
	switch {
	case a.Orders != "":
		s.told++
		if wrong := s.judge(flags, a.Orders); wrong != "" {
			s.wrong = append(s.wrong, typed(flags)+" is taken: "+wrong)
		}
	case a.Code > 0:
		s.refused++
		if !names(a.Said) {
			s.unclear = append(s.unclear, fmt.Sprintf("%s is refused with %.300q", typed(flags), words))
		}
	default:
		s.silent++
	}
}

// typed is how a person would type these flags, less those that only say where things are.
func typed(flags map[string]string) string {
	text := "warden"
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		switch name {
		case "eye", "courier", "dir":
			if strings.HasPrefix(flags[name], "@") {
				continue
			}
		}
		text += fmt.Sprintf(" -%s=%s", name, strings.Replace(flags[name], "@", "FILE ", 1))
	}
	return text
}

// names tells whether words name a flag or a key.
func names(said string) bool {
	for name := range values.Flags()["firmware/warden"] {
		if strings.Contains(said, "-"+name) || strings.Contains(said, name+" ") || strings.Contains(said, name+",") || strings.Contains(said, name+":") {
			return true
		}
	}
	return false
}

// judge holds what an eye was told against what the flags say.
func (s *flagSum) judge(flags map[string]string, hash string) (wrong string) {
	b, play, err := lay(flags)
	if err != nil {
		return err.Error()
	}
	if b.Kind == boards.Real && (set(flags["feed"]) || set(flags["view"]) || set(flags["world"]) || set(flags["compress"]) && flags["compress"] != "1" || flags["approval"] != "") {
		return "a real board takes a clip, shows states, has another time, or starts without an approval that counts"
	}
	o, err := told.Orders(&b)
	if err != nil {
		return err.Error()
	}
	o.Sim = play
	encoded, err := orders.Encode(&o)
	if err != nil {
		return err.Error()
	}
	if fmt.Sprintf("%x", sha256.Sum256(encoded[:])) != hash {
		return "the eye was told something else than the flags say"
	}
	s.same++
	j := walk.Judge(&b)
	if j.Withheld != "" {
		j.Wrong = append(j.Wrong, "it starts with a rule that is none: "+j.Withheld)
	}
	return strings.Join(j.Wrong, ", and ")
}

func set(s string) bool { n, err := strconv.ParseInt(s, 0, 64); return err == nil && n != 0 }

// lay lays flags over a board, as they are documented; it is written apart from the warden's own.
func lay(flags map[string]string) (b boards.Board, play orders.Scripted, err error) {
	switch name := flags["board"]; name {
	case outside.RealBoard:
		b, err = boards.Parse(name, boardText(name, "real"))
	case outside.VirtualBoard:
		b, err = boards.Parse(name, boardText(name, "virtual"))
	default:
		b, err = boards.Lookup(name)
	}
	if text, ok := deviceTexts()[flags["config"]]; ok && err == nil {
		err = config.Apply("device.toml", text, &b)
	}
	if err != nil {
		return b, play, err
	}
	if d := flags["driver"]; d != "" {
		b.Driver, b.Path = d, ""
	}
	if p := flags["device"]; p != "" {
		b.Path = p
	}
	if set(flags["speed"]) {
		b.Speed, err = strconv.Atoi(flags["speed"])
	}
	if b.Driver != "sim" || err != nil {
		return b, play, err
	}
	play.Seed = 1
	if v := flags["seed"]; v != "" {
		play.Seed, err = strconv.ParseUint(v, 0, 64)
	}
	if v := flags["seconds"]; v != "" && err == nil {
		var n uint64
		if n, err = strconv.ParseUint(v, 0, 64); err == nil && n > math.MaxUint32 {
			err = fmt.Errorf("-seconds %d has no room in the orders", n)
		}
		play.Seconds = uint32(n)
	}
	return b, play, err
}
