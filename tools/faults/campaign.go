package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tellijn/tools/collector/register"
	"tellijn/tools/faults/hostile"
	"tellijn/tools/faults/kinds"
	"tellijn/tools/faults/site"
)

// How fast time passes: an interval of a quarter of an hour takes a second.
const (
	speed    = 20
	compress = 45
)

// campaign is one run of this program.
type campaign struct {
	options
	out   io.Writer
	all   []kinds.Kind
	stage *kinds.Stage
	began time.Time

	mu         sync.Mutex
	results    []result // by kind
	violations []string
	end        ending
	down       func() // what was put up
}

// result is what became of one kind.
type result struct {
	tried, fired int
	met          map[string]int
	skipped      string
}

func (c *campaign) say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.out, "%6.1f s  %s\n", time.Since(c.began).Seconds(), fmt.Sprintf(format, args...))
}

func (c *campaign) violation(err error) {
	c.say("VIOLATION %v", err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.violations = append(c.violations, err.Error())
}

// play builds, puts up, plays and ends. The error says why it could not be played to its end.
func (c *campaign) play(dir, programs string) error {
	c.results = make([]result, len(c.all))
	for _, d := range []string{dir, programs} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	c.say("building the programs")
	if err := site.Build(context.Background(), programs); err != nil {
		return err
	}
	s, err := site.Put(site.Plan{Dir: dir, Programs: programs, Seed: c.seed, Speed: speed, Compress: compress, Say: func(string) {}})
	c.down = func() {
		s.Down()
		os.RemoveAll(filepath.Dir(dir))
	}
	defer s.Down()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := c.enemies(ctx, s); err != nil {
		return err
	}
	list := c.list()
	c.say("%d devices count; %d faults of %d kinds", len(s.Devices), len(list), len(c.all))
	c.strike(list)
	stop()
	return c.finish()
}

// enemies puts those up who mean no good.
func (c *campaign) enemies(ctx context.Context, s *site.Site) error {
	c.stage = &kinds.Stage{Site: s, Past: map[string]*hostile.Past{}, Relays: map[string]*hostile.Relay{},
		Thieves: map[string]hostile.Client{}, Inside: map[string]*hostile.Post{}}
	c.stage.Start()
	reg, err := register.Open(s.Collector.Dir)
	if err != nil {
		return err
	}
	key, err := reg.Receipts()
	if err != nil {
		return err
	}
	server, err := reg.Server()
	if err != nil {
		return err
	}
	for _, d := range s.Devices {
		files, err := hostile.Files(d.Courier())
		if err != nil {
			return err
		}
		past := &hostile.Past{Device: d.Name, Receipts: key.Public()}
		c.stage.Past[d.Name] = past
		if d.MQTT {
			inside := hostile.NewPost(s.Broker.Inside, d.Name, nil)
			c.stage.Thieves[d.Name], c.stage.Inside[d.Name] = hostile.NewPost(s.Broker.Address, d.Name, files), inside
			go inside.Watch(ctx, past)
			continue
		}
		thief := hostile.NewWeb(s.Collector.Address, files)
		c.stage.Thieves[d.Name] = thief
		if c.stage.Relays[d.Name], err = hostile.NewRelay(past, *server, thief); err != nil {
			return err
		}
		d.Link.Lead(c.stage.Relays[d.Name].Address()) // to begin with, so that it knows something
	}
	return nil
}

// planned is a fault that is to come.
type planned struct {
	kind, device int
	seed         uint64
}

// list makes the list of faults: each kind once, then by weight, in an order that the seed says.
func (c *campaign) list() (list []planned) {
	random := rand.New(rand.NewPCG(c.seed, 1))
	var may []int
	for i := range c.all {
		k := &c.all[i]
		if !strings.Contains(k.Name, c.only) {
			continue
		}
		if k.Skip != nil {
			if c.results[i].skipped = k.Skip(c.stage); c.results[i].skipped != "" {
				continue
			}
		}
		for range k.Weight {
			may = append(may, i)
		}
		list = append(list, planned{kind: i})
	}
	for len(list) < c.n && len(may) > 0 {
		list = append(list, planned{kind: may[random.IntN(len(may))]})
	}
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i := range list {
		var on []int
		for d, device := range c.stage.Devices {
			if f := c.all[list[i].kind].On; f == nil || f(device) {
				on = append(on, d)
			}
		}
		list[i].device, list[i].seed = on[random.IntN(len(on))], random.Uint64()
	}
	return list
}

// strike plays the faults, some at the same time.
func (c *campaign) strike(list []planned) {
	next := make(chan planned)
	var all sync.WaitGroup
	for range c.workers {
		all.Go(func() {
			for p := range next {
				c.one(p)
			}
		})
	}
	for i, p := range list {
		next <- p
		if (i+1)%50 == 0 {
			c.say("%d faults begun, %d violations", i+1, len(c.violations))
		}
	}
	close(next)
	all.Wait()
}

// one plays one fault.
func (c *campaign) one(p planned) {
	k, d := &c.all[p.kind], c.stage.Devices[p.device]
	began := time.Now()
	met, err := k.Strike(&kinds.Turn{Stage: c.stage, Device: d, Random: rand.New(rand.NewPCG(p.seed, 2))})
	if c.verbose {
		c.say("%-45s %-6s %5.1f s  %s", k.Name, d.Name, time.Since(began).Seconds(), met)
	}
	c.mu.Lock()
	r := &c.results[p.kind]
	r.tried++
	if err == nil {
		r.fired++
		if r.met == nil {
			r.met = map[string]int{}
		}
		r.met[met]++
	}
	c.mu.Unlock()
	if err != nil {
		c.violation(fmt.Errorf("%s, on %s: %w", k.Name, d.Name, err))
	}
}
