package room_test

import (
	"fmt"
	"time"

	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

// Two doors of a hall: seven people come in by the west door, two by the north door, which is the head.
func Example() {
	northSign, westSign := sign.NewKey([32]byte{1}), sign.NewKey([32]byte{2})
	northSeal, _ := seal.NewKey([32]byte{11})
	westSeal, _ := seal.NewKey([32]byte{22})
	hall := room.Members{Room: "hall-2", Head: "north", Doors: []room.Member{
		{Device: "north", Sign: northSign.Public(), Seal: northSeal.Public()},
		{Device: "west", Sign: westSign.Public(), Seal: westSeal.Public()},
	}}
	north, _ := room.NewPost(hall, "north", northSign, northSeal)
	west, _ := room.NewPost(hall, "west", westSign, westSeal)
	var door room.Door // of west
	var head room.Head // of north
	var westLine, hallLine release.Line
	door.Bind(west)
	head.Bind(north)

	const from, anchor = 1_800_003_600, 1_799_985_600 // 9:00 and 4:00, Unix seconds
	policy, slot := release.Default(), release.Slot{Day: 20833, Minute: 9 * 60}

	// West closes its interval. What follows is committed together, and then sent.
	toHead := door.Close(from, 7, 0, westLine.Surrender)
	envelopes, _ := door.Send(west, time.Hour, policy.Interval)
	fmt.Println("west gives its counts to the head:", toHead, "in", len(envelopes), "envelope")

	// North takes the tally, and releases the sum three minutes after the end of the interval.
	head.Receive(north, envelopes[0])
	sum := head.Take(from, anchor, policy.Interval)
	hallLine.Skip(&policy, slot, slot)
	sum.Give(&hallLine)
	out := hallLine.Step(&policy, &[32]byte{}, slot, true, 2+sum.Now.Forward, 0+sum.Now.Backward)
	receipts, _ := head.Receipts(north, from+1080)
	fmt.Println("north heard", sum.Heard, "of", sum.Doors, "doors; published level:", out.Level)

	// West forgets what north has.
	news, _ := door.Receive(west, receipts[0])
	fmt.Println("west has a receipt:", news, "and keeps", door.Kept())
	// Output:
	// west gives its counts to the head: true in 1 envelope
	// north heard 2 of 2 doors; published level: 6
	// west has a receipt: true and keeps 0
}
