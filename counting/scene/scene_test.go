package scene

import (
	"errors"
	"strings"
	"testing"

	"tellijn/counting"
)

// good is a scene with everything in use.
func good() Scene {
	s := Scene{PersonArea: 36_000, NLines: 2, NZones: 1}
	s.Lines[0] = Line{Point{0, One / 2}, Point{One, One / 2}}
	s.Lines[1] = Line{Point{One, 0}, Point{One - One/50, 0}} // as short as can be
	s.Zones[0] = Zone{N: 4}
	copy(s.Zones[0].Corners[:], []Point{{0, 0}, {0, One}, {One, One}, {One, 0}})
	return s
}

func TestCheckTakesGoodScenes(t *testing.T) {
	for name, bend := range map[string]func(s *Scene){
		"as it is":      func(s *Scene) {},
		"least area":    func(s *Scene) { s.PersonArea = MinPersonArea },
		"most area":     func(s *Scene) { s.PersonArea = MaxPersonArea },
		"no zones":      func(s *Scene) { s.NZones = 0 },
		"other way":     func(s *Scene) { c := &s.Zones[0].Corners; c[1], c[3] = c[3], c[1] },
		"unused rubble": func(s *Scene) { s.Lines[7].A.X, s.Zones[7].N = -5, 99 },
	} {
		s := good()
		bend(&s)
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for says, bend := range map[string]func(s *Scene){
		"person area 499":            func(s *Scene) { s.PersonArea = MinPersonArea - 1 },
		"person area 400001":         func(s *Scene) { s.PersonArea = MaxPersonArea + 1 },
		"person area -1":             func(s *Scene) { s.PersonArea = -1 },
		" 0 lines":                   func(s *Scene) { s.NLines = 0 },
		" 9 lines":                   func(s *Scene) { s.NLines = counting.MaxLines + 1 },
		" -1 lines":                  func(s *Scene) { s.NLines = -1 },
		" 9 zones":                   func(s *Scene) { s.NZones = counting.MaxZones + 1 },
		" -1 zones":                  func(s *Scene) { s.NZones = -1 },
		"line 0 ends outside":        func(s *Scene) { s.Lines[0].A.X = -1 },
		"line 1 ends outside":        func(s *Scene) { s.Lines[1].B.Y = One + 1 },
		"line 0 has no length":       func(s *Scene) { s.Lines[0].B = s.Lines[0].A },
		"line 1 has no length":       func(s *Scene) { s.Lines[1].B.X++ },
		"zone 0 has 2 corners":       func(s *Scene) { s.Zones[0].N = 2 },
		"zone 0 has 13 corners":      func(s *Scene) { s.Zones[0].N = counting.MaxCorners + 1 },
		"zone 0 corner 3 is outside": func(s *Scene) { s.Zones[0].Corners[3].Y = -1 },
		"zone 0 has no area":         func(s *Scene) { s.Zones[0].Corners[2], s.Zones[0].N = Point{0, One / 2}, 3 },
	} {
		s := good()
		bend(&s)
		err := s.Check()
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want ErrInvalid with %q", err, says)
		}
	}
}

// Whatever numbers come in, there is an answer, not a panic.
func FuzzCheck(f *testing.F) {
	f.Add(int32(36_000), 1, 0, int32(0), int32(One), int32(0), int32(One), 4)
	f.Add(int32(-1<<31), -1<<31, 1<<31-1, int32(1<<31-1), int32(-1<<31), int32(1<<31-1), int32(-1<<31), -7)
	f.Fuzz(func(t *testing.T, area int32, lines, zones int, ax, ay, bx, by int32, corners int) {
		s := good()
		s.PersonArea, s.NLines, s.NZones = area, lines, zones
		s.Lines[0] = Line{Point{ax, ay}, Point{bx, by}}
		s.Zones[0].N, s.Zones[0].Corners[1] = corners, Point{by, ax}
		if s.Check() == nil && (ax < 0 || ax > One || by < 0 || by > One || area < MinPersonArea) {
			t.Errorf("%+v passes", s)
		}
	})
}
