package mutants

// All are the mutants, those of what concerns the people under the camera first.
func All() []Mutant { return append(append(people(), counts()...), machine()...) }

// people are mutants of what was promised to those who are counted.
func people() []Mutant {
	return []Mutant{{
		Name:     "keep-frame",
		What:     "The eye keeps a copy of each frame until the next one.",
		File:     "firmware/eye/cycle/cycle.go",
		Scenario: "memory-hours", Step: `check only the driver's buffers hold frames as "while the eye counts"`, Saw: "of frames that are over",
		Swap: []Swap{
			{"\tlate  int\n}", "\tlate  int\n\tkept  [640 * 480 * 2]byte\n}"},
			{"\tusable := !l.frame.Damaged", "\tcopy(l.kept[:], l.frame.Data)\n\tusable := !l.frame.Damaged"},
		},
	}, {
		Name:     "leave-frame",
		What:     "A frame goes back to the driver without being wiped.",
		File:     "hal/camera/v4l2/source_linux.go",
		Scenario: "memory-hours", Step: `check only the driver's buffers hold frames as "while the eye counts"`, Saw: "hits in rows; want what lies in 5 transfers",
		Swap: []Swap{{"\tclear(s.maps[s.lent])\n\tlife :=", "\tlife :="}},
	}, {
		Name:     "no-approval",
		What:     "The camera gets power without an approval that counts.",
		File:     "firmware/warden/gate/gate.go",
		Scenario: "approval-none", Step: `the console says "camera: no power, there is no approval that counts" within 120 s`, Said: "hours: the camera may have power",
		Swap: []Swap{{"\t\treturn Decision{Why: of(g.reason)}\n", "\t\treturn Decision{Open: true}\n"}},
	}, {
		Name:     "no-hours",
		What:     "The camera has power outside of its hours.",
		File:     "firmware/warden/gate/gate.go",
		Scenario: "hours-shut", Step: `the console says "camera: no power, it is outside of the hours" within 120 s`, Said: "hours: the camera may have power",
		Swap: []Swap{{"\treturn Decision{Why: OutsideHours, Next: time.Unix(g.next, 0)}", "\treturn Decision{Open: true, Next: time.Unix(g.next, 0)}"}},
	}, {
		Name:     "power-stays",
		What:     "The camera's power is not taken when its hours end, although it is said.",
		File:     "firmware/warden/turn/camera.go",
		Scenario: "memory-hours", Step: `the camera has no power within 60 s`,
		Swap: []Swap{{"c.turn(c.Switch.Off, devicelog.PowerOff, false)", "c.turn(func() error { return nil }, devicelog.PowerOff, false)"}},
	}, {
		Name:     "welded-unseen",
		What:     "The lamp does not tell of a camera whose switch does not open any more.",
		File:     "firmware/warden/panel/panel.go",
		Scenario: "switch-welded", Step: `the lamp flashes 7 times within 60 s`,
		Swap: []Swap{{"return p.s.Supply != nil && p.supply.Odd() && !p.supply.On()", "return false"}},
	}, {
		Name:     "any-clock",
		What:     "Whatever a server says is the time, however far off and whoever else disagrees.",
		File:     "firmware/scout/belief/belief.go",
		Scenario: "clocks-ahead", Step: `the console says "more than 400 days ahead" within 60 s`,
		Swap: []Swap{
			{"by.Abs() > Allowance+hours*Hourly-k.spent", "hours < 0"},
			{"\tif 2*with <= all {", "\tif all < 0 {"},
			{"\tcase t.After(k.ceiling.Add(gone)):", "\tcase gone < 0:"},
		},
	}, {
		Name:     "open-port",
		What:     "The first process waits for somebody on a port.",
		File:     "firmware/warden/first/first_linux.go",
		Scenario: "ports", Step: `check no port waits for anybody`, Saw: "2222",
		Swap: []Swap{{"\tloaded, failed := mounts.Modules(card.Modules)\n",
			"\tif fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); err == nil {\n" +
				"\t\t_ = syscall.Bind(fd, &syscall.SockaddrInet4{Port: 2222})\n\t\t_ = syscall.Listen(fd, 1)\n\t}\n" +
				"\tloaded, failed := mounts.Modules(card.Modules)\n"}},
	}, {
		Name:     "call-home",
		What:     "The first process sends a word to somebody outside each second.",
		File:     "firmware/warden/first/first_linux.go",
		Scenario: "ports", Step: `check nothing went to anybody else than "udp to 255.255.255.255:67, udp to 192.0.2.1:67, udp to 192.0.2.1:123, udp to 192.0.2.2:123, tcp to 192.0.2.100:8443"`, Saw: "203.0.113.9",
		Swap: []Swap{{"\tloaded, failed := mounts.Modules(card.Modules)\n",
			"\tif fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0); err == nil {\n" +
				"\t\tgo func() {\n\t\t\tfor ; ; time.Sleep(time.Second) {\n" +
				"\t\t\t\t_ = syscall.Sendto(fd, []byte(\"home\"), 0, &syscall.SockaddrInet4{Port: 4500, Addr: [4]byte{203, 0, 113, 9}})\n" +
				"\t\t\t}\n\t\t}()\n\t}\n\tloaded, failed := mounts.Modules(card.Modules)\n"}},
	}}
}
