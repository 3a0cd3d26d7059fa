package record

import "strings"

// good is an ordinary record: some people came, one interval of a door of a single room.
func good() Record {
	return Record{
		Version: 2, Device: "north-door", Boot: [16]byte{1, 2, 3}, Sequence: 4,
		From: 1_795_330_800, To: 1_795_331_700, Interval: 900,
		Lines: []Line{{Forward: 12, Level: 15, TotalForward: 1203, TotalBackward: 1188}}, Zones: []uint16{6},
		Coverage: 99, Dropped: 1, Damaged: 2, Lifetime: Lifetime{Worst: 5, P999: 2}, Quality: 0,
		Camera:   Camera{"camera", "v4l2", 640, 480, "YUYV"},
		Firmware: [32]byte{0xf1}, Previous: Hash{0x17},
		Rule: Rule{K: 3}, Clock: ClockKnown, Uptime: 3700, Log: Log{Entries: 7, Head: Hash{0x23}},
	}
}

// fullest is the largest record that Check lets pass.
func fullest() Record {
	r := good()
	r.Device, r.Sequence, r.Interval = strings.Repeat("x", 32), 1<<32-1, day
	r.From, r.To = maxTime-maxStretch, maxTime
	r.Lines, r.Zones = make([]Line, 8), make([]uint16, 8)
	for i := range 8 {
		r.Lines[i] = Line{Forward: MaxCount / 60 * 60, CorrectedForward: MaxCount, CorrectedBackward: MaxCount,
			Level: MaxCount, TotalForward: 1<<32 - 1, TotalBackward: 1<<32 - 1}
		r.Zones[i] = 64
	}
	r.Coverage, r.Dropped, r.Damaged, r.Quality = 100, maxClass, maxClass, anyQuality
	r.Lifetime = Lifetime{Worst: 255, P999: 255}
	r.Camera, r.Simulated = Camera{"camera", "clip", 4096, 4096, "MJPG"}, true
	r.Rule = Rule{K: 60, Mode: ModeAlone, Room: strings.Repeat("y", 32), Heard: maxDoors, Doors: maxDoors}
	r.Uptime, r.Lost, r.Log.Entries = 1<<32-1, 1<<32-1, 1<<32-1
	return r
}

// emptiest is the smallest before it is padded.
func emptiest() Record {
	r := good()
	r.Lines, r.Zones, r.Coverage, r.Sequence = []Line{{}}, []uint16{}, 0, 0
	r.Dropped, r.Damaged, r.Lifetime, r.Quality = 0, 0, Lifetime{Worst: 1, P999: 1}, 0
	r.Previous, r.Uptime, r.Log = Hash{}, 0, Log{}
	return r
}

// examples are those that testdata has, by name.
func examples() map[string]Record {
	night := good()
	night.Lines, night.Zones, night.Sequence = []Line{{TotalForward: 1203, TotalBackward: 1203}}, []uint16{0}, 60
	night.From, night.To, night.Uptime = 1_795_392_000, 1_795_392_900, 54_900
	night.Coverage, night.Dropped, night.Damaged = 0, 0, 0

	busy := good()
	busy.Lines[0] = Line{Backward: 114, CorrectedForward: 3, Level: 102, TotalForward: 70_000, TotalBackward: 69_898}
	busy.Zones, busy.Quality = []uint16{33}, 1<<2|1<<21

	head := good()
	head.Rule = Rule{K: 3, Mode: ModeRoom, Room: "hall-2", Heard: 2, Doors: 2}
	head.Lines[0].Forward = 60

	member := good()
	member.Device, member.Rule = "south-door", Rule{K: 3, Mode: ModeMember, Room: "hall-2", Doors: 2}
	member.Lines[0] = Line{TotalForward: 90, TotalBackward: 87}

	alone := member
	alone.Rule.Mode = ModeAlone
	alone.Lines = []Line{{Backward: 9, TotalForward: 90, TotalBackward: 96}}

	simulated := good()
	simulated.Camera.Driver, simulated.Simulated = "sim", true

	lost := good()
	lost.From, lost.To, lost.Clock, lost.Lost = 1_790_000_100, 1_790_001_000, ClockUnknown, 12

	return map[string]Record{
		"good": good(), "fullest": fullest(), "emptiest": emptiest(), "empty-night": night, "busy-hour": busy,
		"room-head": head, "member": member, "alone": alone, "simulated": simulated, "unknown-clock": lost,
	}
}
