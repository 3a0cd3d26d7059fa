package install

import (
	"fmt"
	"io"
	"time"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/inject"
	"tellijn/tools/rig/bench"
)

// Name of the device that a scenario gets.
const Name = "rig-door"

// Enrol gives the files of a device by its key: certificates, and upload.toml, lines of its configuration.
type Enrol func(device string, key sign.Public, simulated bool) (map[string][]byte, error)

// For is the plan for what a scenario asks for, on a card with this image. Its camera is not in it yet. It is an error
// if the image is that of another board.
func For(image io.ReaderAt, s *bench.Setup, enrol Enrol) (Plan, error) {
	p := Plan{Name: Name, Enrol: enrol, Hours: s.Hours, More: s.Config}
	var err error
	if p.Board, err = inject.BoardOf(image); err != nil {
		return p, err
	}
	if p.Board.Name != s.Board {
		return p, fmt.Errorf("install: the image is that of %q, want %q", p.Board.Name, s.Board)
	}
	return p, p.approve(s.Approval, s.Now)
}

// approve sets when the approval counts: kind is that of bench.Setup.
func (p *Plan) approve(kind string, now time.Time) error {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	switch kind {
	case "":
		p.From, p.Until = day(-1), day(300)
	case "none":
	case "ended":
		p.From, p.Until = day(-9), day(-1)
	case "later":
		p.From, p.Until = day(1), day(9)
	default:
		return fmt.Errorf("install: approval %q, want none, ended or later", kind)
	}
	return nil
}

// Laid is the board with the lines of More laid over it, before the device is made: a film is drawn for its scene.
func (p *Plan) Laid() (boards.Board, error) {
	laid := p.Board
	err := config.Apply("config", fmt.Sprintf("device = %q\n", p.Name)+p.More, &laid)
	return laid, err
}
