package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"tellijn/tools/collector/broker"
	"tellijn/tools/collector/clock"
	"tellijn/tools/collector/desk"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/gate"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store/bolt"
)

const serveAbout = `Receives from devices until it is ended with Ctrl-C. Devices show a certificate from collector enrol;
nobody else gets further than that. It needs no other program and no database.`

// keepDays is for how long records are kept, unless the operator says otherwise: a year and a month, so
// that a month can be compared with the same one of the year before.
const keepDays = 400

type service struct {
	dir, listen string
	mqtt        list
	plain       bool
	days        int
	maxSize     int
	desk        *desk.Desk
	store       *bolt.Store
	log         *slog.Logger
}

func serveCommand(args []string, out, errs io.Writer) error {
	f := options("serve", serveAbout, errs)
	var s service
	var simulated, verbose bool
	f.StringVar(&s.dir, "dir", "", "the collector's directory; made if it is not there")
	f.StringVar(&s.listen, "listen", "127.0.0.1:8443", "address and port for devices; :8443 is all addresses of this computer")
	f.Var(&s.mqtt, "mqtt", "HOST:PORT of an MQTT 5 broker to take batches from; several times for several")
	f.BoolVar(&s.plain, "mqtt-plain", false, "reach brokers on this computer without TLS")
	f.IntVar(&s.days, "keep", keepDays, "days for which records and logs are kept")
	f.IntVar(&s.maxSize, "max-size", 0, "bytes that the store may have; 0 for as many as the disk has")
	f.BoolVar(&simulated, "simulated", false, "take records of people who were drawn, from devices enrolled so")
	f.BoolVar(&verbose, "verbose", false, "say every batch")
	if err := parse(f, args); err != nil {
		return err
	}
	if s.dir == "" || s.days < 1 || f.NArg() > 0 {
		return wrong(errs, "want -dir STORE, -keep of 1 day or more, and options only; collector serve -help says more")
	}
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	s.log = slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	host, _, err := net.SplitHostPort(s.listen)
	if err != nil {
		return wrong(errs, "-listen %q, want HOST:PORT or :PORT", s.listen)
	}
	var hosts []string
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		hosts = append(hosts, host)
	}
	if err := enrol.SetUp(s.dir, hosts, time.Now()); err != nil {
		return err
	}
	if err := s.open(simulated); err != nil {
		return err
	}
	defer s.store.Close()
	return s.run(ctx, out)
}

// open opens the store and puts together what answers.
func (s *service) open(simulated bool) error {
	r, err := register.Open(s.dir)
	if err != nil {
		return err
	}
	key, err := r.Receipts()
	if err != nil {
		return err
	}
	if s.store, err = bolt.Open(r.Path(register.StoreFile), bolt.Options{MaxSize: s.maxSize}); err != nil {
		return err
	}
	in := &intake.Intake{Devices: r, Store: s.store, Key: key, Now: time.Now, Simulated: simulated,
		Keep: time.Duration(max(s.days, 1)) * 24 * time.Hour, Log: s.log}
	s.desk = &desk.Desk{Store: s.store, Register: r, Intake: in, Now: time.Now}
	return nil
}

// run serves until ctx ends, or one of its parts does.
func (s *service) run(ctx context.Context, out io.Writer) error {
	r, in := s.desk.Register, s.desk.Intake
	pool, _, err := r.Pool()
	if err != nil {
		return err
	}
	g := &gate.Gate{Limits: gate.Ordinary(), Handler: in, Devices: r, Pool: pool, Log: s.log}
	if err := s.renew(g); err != nil {
		return err
	}
	var brokers []broker.Options
	for _, address := range s.mqtt {
		o := broker.Options{Address: address, Handler: in, Log: s.log}
		if !s.plain {
			c, err := r.Collector()
			if err != nil {
				return err
			}
			o.TLS = &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, Certificates: []tls.Certificate{*c}}
		}
		brokers = append(brokers, o)
	}
	// Devices ask whether the connection is still there, rarely; asking from this side every few seconds
	// would be more traffic than their records.
	quiet := net.ListenConfig{KeepAlive: -1}
	l, err := quiet.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	var all sync.WaitGroup
	start := func(f func() error) {
		all.Go(func() {
			if err := f(); err != nil {
				stop(err)
			}
		})
	}
	start(func() error { return g.Serve(ctx, l) })
	for _, o := range brokers {
		start(func() error { return broker.Serve(ctx, o) })
	}
	if own, err := desk.Listen(r.Path(register.Socket)); err != nil { // counts matter more than commands
		s.log.Error("status, export, import and verify cannot reach this collector", "error", err)
	} else {
		start(func() error { s.look(ctx, own); return nil })
	}
	start(func() error { s.keep(ctx, g); return nil })
	fmt.Fprintf(out, "collector: devices reach https://%s, receipts are signed by %s\n", l.Addr(), in.Key.Public())
	<-ctx.Done()
	all.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// look answers the operator's own commands.
func (s *service) look(ctx context.Context, l net.Listener) {
	server := &http.Server{Handler: s.desk, ReadHeaderTimeout: time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("status, export, import and verify cannot reach this collector", "error", err)
	}
}

// keep does what comes round: what has been kept long enough goes, and a certificate that ends soon, or
// that enrol changed, is replaced.
func (s *service) keep(ctx context.Context, g *gate.Gate) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	doubted := false
	for n := 0; ; n++ {
		doubted = s.believe(doubted)
		if n%60 == 0 && !doubted {
			if gone, err := s.desk.Intake.Sweep(); err != nil {
				s.log.Error("what is old could not be deleted", "error", err)
			} else if gone > 0 {
				s.log.Info("what was kept long enough is deleted", "items", gone)
			}
		}
		if err := s.renew(g); err != nil {
			s.log.Error("the collector's certificate could not be read", "error", err)
		}
		select {
		case <-minute.C:
		case <-ctx.Done():
			return
		}
	}
}

// believe looks at the clock, so that the collector knows how it goes, and says once that it is not believed
// and once that it is again.
func (s *service) believe(doubted bool) (still bool) {
	_, err := s.desk.Intake.Clock().Read()
	switch still = errors.Is(err, clock.ErrDoubted); {
	case still && !doubted:
		s.log.Error("no batch is taken and nothing is deleted", "error", err)
	case err != nil && !still:
		s.log.Error("the clock could not be held against the store", "error", err)
	case doubted && !still:
		s.log.Info("the clock is believed again")
	}
	return still
}

func (s *service) renew(g *gate.Gate) error {
	if err := enrol.SetUp(s.dir, []string{"localhost"}, time.Now()); err != nil {
		return err
	}
	c, err := s.desk.Register.Server()
	if err == nil {
		g.Show(c)
	}
	return err
}
