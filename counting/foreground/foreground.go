// Package foreground tells cells that differ from the empty scene. Third stage of counting, after
// grid. It carries a slow model of the empty scene in cells, never anything finer.
package foreground

import (
	"time"

	"tellijn/counting"
)

// Classes of a cell.
const (
	Clear  = iota // as the background
	Solid         // something is there
	Shadow        // darker than the background, but evenly so
	rim           // becomes Shadow at the end of growing
)

// Carry is what is known of the empty scene, in cells. It is wiped at stop.
type Carry struct {
	mean      lanes                    // background luma
	deviation lanes                    // mean absolute deviation from it
	ghost     [counting.MaxCells]uint8 // votes that the background, not the picture, holds somebody
	rest      [counting.MaxCells]uint8 // luma that a foreground cell keeps, or had before a shadow
	still     [counting.MaxCells]uint8 // cycles it has kept it, in units of stillStep, or lit
	cycles    uint32                   // since start
	since     uint32                   // since start or the last light jump
	dims      [dimBins]uint16          // how often cells were dimmed by each ratio of late
	even      counting.Bits            // cells that were evenly dark in the last cycle
	was       counting.Bits            // cells that were not Clear in the last cycle
	usual     int32                    // cells that differ, as far as people could have come in
	hold      uint32                   // cycles for which no crossing may start
}

// Scratch is wiped every cycle.
type Scratch struct {
	Class [counting.MaxCells]uint8
	fore  counting.Bits // Class is not Clear
	solid counting.Bits // Class is Solid
	Dim   counting.Bits // Class is Shadow
	Maybe counting.Bits // dark enough, and not too dark, for a shadow
	Mask  counting.Bits // solid cells with enough solid neighbours: what the tracker sees
}

// Model joins carry with the settings in cycles of this camera.
type Model struct {
	Carry
	w, h int
	s    Settings

	start, holdFor, second uint32
	stillStep              uint32 // cycles to one count of Carry.still
	stillFor               uint8
	ghostFor               uint8
	forget                 uint32 // cycles
	learn, learnFast       pace
	hide, hideFast         int32
	dim, dimFast           int32 // 1/65536 a cycle
	settle                 int32
}

// Set sizes the model for w x h cells and one cycle each interval.
func (m *Model) Set(w, h int, interval time.Duration, s Settings) {
	m.w, m.h, m.s = w, h, s
	m.start, m.holdFor = cycles(s.Start, interval), cycles(s.Hold, interval)
	m.second = max(1, cycles(time.Second, interval))
	still := cycles(s.Still, interval)
	m.stillStep = still/mostStill + 1
	m.forget = max(1, cycles(s.Forget, interval))
	m.ghostFor = uint8(min(max(2, cycles(s.Ghost, interval)), 255))
	m.stillFor = uint8(still / m.stillStep)
	m.hide, m.settle = rate(s.Hide, interval), rate(s.Settle, interval)
	m.learn, m.learnFast = paceOf(rate(s.Learn, interval)), paceOf(65536/5)
	m.dim = rate(s.Dim, interval)
	m.dimFast, m.hideFast = 65536/5, 65536/10
}

// mostStill is the highest count that Carry.still takes and can still exceed.
const mostStill = 254

func cycles(d, interval time.Duration) uint32 { return uint32((d + interval/2) / interval) }

// rate is the share of a difference that is made up in one cycle, 1/65536.
func rate(d, interval time.Duration) int32 {
	return int32(min(65536/4, 65536*int64(interval)/int64(d)))
}

// Holding tells that a light jump was so near that no crossing may start.
func (m *Model) Holding() bool { return m.hold > 0 }

// Step compares the cells with the background, learns, and fills scratch. protected has a bit for
// each cell that belongs to a person who is known to walk. It returns whether the light jumped.
func (m *Model) Step(cells []uint8, protected *counting.Flat, s *Scratch) (relit bool) {
	n := m.w * m.h
	cells = cells[:n]
	if m.cycles == 0 {
		m.seed(cells)
		for i := range n {
			m.deviation.set(i, int32(m.s.Wide))
		}
	}
	m.cycles++
	m.since++
	if m.cycles%m.forget == 0 {
		m.forgetLight()
	}
	if m.hold > 0 {
		m.hold--
	}
	m.expose(cells)
	count := m.compare(cells, protected, s)
	usual := min(count, int(m.usual)+n*m.s.Fill/int(m.second)/256)
	m.usual = int32(usual)
	if count*256 > m.s.Relight*n || (count-usual)*256 > m.s.Jump*n {
		m.seed(cells)
		s.fore = counting.Bits{}
		clear(m.still[:n])
		clear(s.Class[:n])
		m.since, m.hold, m.usual = 0, m.holdFor, 0
		relit = true
	}
	m.shadows(cells, s)
	m.grow(cells, s)
	m.peel(cells, protected, s)
	m.settleFore(cells, protected, s)
	m.dense(s)
	m.was = s.fore
	return relit
}

func (m *Model) seed(cells []uint8) {
	for i, v := range cells {
		m.mean.set(i, int32(v)*grey)
	}
}

// Settings are the few numbers the background model depends on, the same for every camera. Grey
// levels are of 255, parts are in 1/256, times are pipeline time.
type Settings struct {
	Least   int           // grey levels a cell must differ to be foreground, at least
	Learn   time.Duration // time constant of the background where it is seen
	Wide    int           // deviation that every cell starts with, 1/128 grey
	Dim     time.Duration // time constant of the background in a shadow
	Deep    int           // least ratio of a deep shadow, 1/256
	Peak    int           // share of one ratio among deep ones that makes it the sun's, 1/256
	Proof   int           // cells that must have been dimmed before there is any such ratio
	Hide    time.Duration // time constant where something stands before it
	Settle  time.Duration // time constant of the deviation under something that is no track
	Start   time.Duration // how long after start or a light jump learning is fast
	Relight int           // part of the cells that must change at once to call it a light jump
	Fill    int           // part of the cells that people walking in can cover in a second, 1/256
	Jump    int           // more than that by this part is a light jump too, 1/256
	Hold    time.Duration // no crossing starts for this long after a light jump
	Agree   int           // part of the background cells that must change by one factor to be exposure, 1/256
	Dark    int           // least ratio of a shadow to the background, 1/256
	Light   int           // ratio from which even darkness is always a shadow, 1/256
	Even    int           // largest standard deviation of that ratio in a shadow, 1/4096
	Grow    int           // shadow neighbours that make a dark cell shadow too
	Ghost   time.Duration // cells that look like a ghost for this long, more often than not, are peeled
	Forget  time.Duration // how light cells were before a shadow is kept in mind for this long at most
	Still   time.Duration // unchanged foreground that no track owns is absorbed after this
}

// Defaults are the settings of every device.
func Defaults() Settings {
	return Settings{
		Least: 8, Wide: 2 * grey, Learn: 2 * time.Second, Hide: 26 * time.Second, Settle: 20480 * time.Millisecond,
		Dim: 5 * time.Second, Deep: 64, Peak: 80, Proof: 300, Dark: 150, Light: 205, Even: 235, Grow: 3,
		Start: 600 * time.Millisecond, Relight: 154, Fill: 128, Jump: 72, Hold: time.Second, Agree: 180,
		Ghost: 600 * time.Millisecond, Forget: 10 * time.Minute, Still: 9 * time.Second,
	}
}
