// Package risks names what remains when every promise that can be shown is held: the risks that no
// measure here removes. The list is data, and there is no way to make it empty. It measures nothing.
// It stands outside the data path, at the end of the table that tools/proof prints.
package risks

// Risk is one of them, in plain words.
type Risk struct {
	Name    string `json:"name"`
	Brief   string `json:"brief"`   // what is left of it, for a list of one line each
	Measure string `json:"measure"` // what is done against it
	Shown   string `json:"shown"`   // who shows that, or why nobody does
	Remains string `json:"remains"` // what is left of it
	Owner   string `json:"owner"`   // who has to live with the rest, and can do something
}

// Who owns a risk.
const (
	host   = "the organisation that hangs the camera up"
	makers = "the makers of this firmware"
)

// All gives the list.
func All() []Risk {
	return []Risk{
		{"Buffers of the USB stack", "a frame passes through the kernel, where no program can overwrite it",
			"The buffers that the kernel shares with the eye are overwritten after each cycle. A board is meant to clear freed memory and to cut the power of the camera after a crash.",
			"Nobody here: it needs a board, whose whole memory is searched.",
			"A frame passes through request buffers of the kernel first. No program can reach those to overwrite them; the next frames do.",
			makers},
		{"Words of pixels on the kernel's stacks", "8 to 16 bytes may stay after the eye has ended",
			"The eye overwrites all that it can reach, and a board clears memory that is given back.",
			"go run ./tools/proof -only machine counts them in all memory of an emulated board, after each way to end.",
			"Workers of the kernel copy what comes over USB. An interrupt keeps their registers on their own stacks, which are neither given back nor overwritten by us. So pieces of 8 to 16 bytes of a frame may stay until that stack is used as deep again.",
			makers},
		{"The camera's own processor", "a camera may keep a last frame inside until it loses power",
			"Only counts leave the eye, whatever the camera does inside. Its power is cut outside opening hours, once a board can do that.",
			"Nobody: what runs inside a camera is closed.",
			"A camera has firmware and memory of its own and may keep a last frame until it loses power. One with a radio could send. Choose one without.",
			host},
		{"Memory chips that lose power", "chips keep what they held for seconds, cold ones for minutes",
			"Pixels live for milliseconds. What lives longer is as coarse as cells, and is kept where the kernel hides it if the kernel can.",
			"Nobody here: it needs a board, cold spray and a reader of memory chips.",
			"Chips keep their content for seconds, cold ones for minutes. Somebody who pulls the plug in the right moment may read cells, or a part of one frame.",
			host},
		{"Theft of the device", "whoever has the disk has its keys, and some exact counts",
			"No frame is ever stored. The queue has only what may leave. Exact are the counts of the open interval, those that are still held back, and at a door of a room up to 64 tallies.",
			"go run ./tools/proof searches the files of a running counter for anything of a frame, and looks at who may read them.",
			"Nothing on the disk is encrypted. Whoever has it can sign as this device until that is noticed, open sealed tallies that were kept from the way, and undo the weekly shift of pairs. Its key must be revoked at the collector.",
			host},
		{"Another firmware in its place", "whoever can open the case can put in other software",
			"Each record carries the fingerprint of the program that saw the frames.",
			"Nobody here: signatures and a start that checks them need a board.",
			"Whoever can open the case can put in other software, which shows what it likes and gives the right fingerprint. A lamp on the camera's own power will tell that it is on, not what it does.",
			host},
		{"Another device that looks the same", "somebody may hang up another camera, or turn this one",
			"The label will say what hangs there, and the list of an organisation what should.",
			"Nobody: it takes somebody who goes and looks.",
			"Somebody may hang up another camera, or turn this one. What a camera at that place can see is seen then. People who trust this one would trust that one too.",
			host},
		{"A hostile or broken kernel", "who rules the machine can read a frame while it is there",
			"The eye is locked in by the kernel, and needs few of its services, so that little of it can be attacked from there.",
			"go run ./tools/proof attacks the eye and its walls, if this machine's kernel can build them.",
			"The walls are the kernel's. A kernel that was taken over, or the administrator of the machine, can read the frame while it is there.",
			makers},
		{"An alarm that a hostile eye need not set", "then nobody else ends it for a frame it keeps",
			"A frame that is held for 200 ms ends the eye, by an alarm that the eye sets and the warden listens to. The warden also ends one that says nothing for 30 seconds, and the kernel's walls hold whatever the alarm does.",
			"go run ./tools/proof -only attacks lets an eye hold a frame with the alarm set. An eye that does not set it is not shown.",
			"An eye that was taken over can leave the alarm alone, or copy a frame within its own memory, and keep it until it is ended. It still has no way to give it to anybody but as lies in its counts.",
			makers},
		{"The camera as a hiding place", "an eye could leave numbers in its settings",
			"The eye may set controls of the camera only while it opens it, and has no text then; the warden looks from outside whether it went on to count confined.",
			"Nobody: which value a control gets cannot be filtered.",
			"Exposure, gain or the angle of a camera that turns can hold a few numbers, for whoever gets the camera next. Choose one that cannot turn.",
			makers},
		{"The kernel's own log", "may say for what call a program was ended",
			"On a board that counts people the warden tells the kernel not to log it.",
			"firmware/warden/starter, TestQuiet; on a board, nobody yet.",
			"On other machines the log of the kernel gets that number, some bits for each start of an eye that means harm.",
			host},
		{"A person who is smaller than stated", "cells are coarse as far as that is true",
			"The grid is never finer than 11 cells across the person that the configuration states.",
			"go run ./tools/proof -only configurations, against that same number.",
			"Who states people to be small gets finer cells in the memory of the eye, up to 160 x 120. They never leave it.",
			host},
		{"A program that is exchanged as it starts", "the eye's file is hashed, then started by its name",
			"The hash of the eye's program goes into each record. Only who may write to that folder can exchange the file.",
			"Nobody here: a folder that nobody can write to needs a board.",
			"Between the two moments somebody with that right can put another file in its place. It would run in the namespaces that the starter gives, without the walls that the eye builds for itself, under the hash of the right one.",
			makers},
		{"The starter, which has no walls", "the one program that may start others is itself not locked in",
			"It starts three programs that are fixed when it begins, and has no input but numbers from the warden's core, which is locked in. It sees no frame, tally or record.",
			"Its tests feed it what cannot be. That it can do no more is not shown.",
			"A fault in it has the rights of the user who started it, and those include the camera.",
			makers},
		{"Small counts", "a group of five is seen, and so is a habit of every week",
			"People leave in steps of 3, by a rule that hides somebody who comes alone; pairs once a week, less a secret number. Nothing finer can be configured.",
			"go run ./tools/proof -only leaving adds lone visits and looks for them; go run ./tools/campus lets three attackers look.",
			"A group of 5 and more is seen when it comes and goes. Who knows all but one round of a cleaner through 30 rooms finds that round in some 16 of 100 evenings and 52 to 60 of 100 weeks. privacy/DATA.md has the whole list.",
			makers},
		{"Doors that release alone", "who withholds messages of a room weakens its rule",
			"Doors of a room are added up before anything leaves. One whose head is away releases by itself, and every record says so.",
			"privacy/room tests with a broker that withholds, delays and repeats; tools/campus measures doors that are alone.",
			"A broker or network that withholds messages can bring a door to release alone, as often as it likes. Then somebody who knows everything else finds 6 to 9 of 100 lone visits within a day.",
			host},
		{"The broker in between", "sees every record, and when a device speaks",
			"Records are signed, and tallies sealed for the head of a room. A broker can open none and forge none; it can withhold them, which shows as a gap.",
			"go run ./tools/proof -only leaving gives the collector what is false; the tests of tools/collector use a real broker.",
			"It reads all released counts, names of devices and rooms, and entries of the log. It can keep all of them. Choose one that you run.",
			host},
		{"An address that only code bounds", "the dialer could connect to other places",
			"The dialer has no record, key or count, and makes connections to the one address that it was started with. The courier gets them ready made and can make none.",
			"go run ./tools/proof -only attacks takes courier and dialer over; -only forensics looks at who has which connection.",
			"The kernel bounds the dialer to a port where it can, not to an address. A dialer that was taken over could speak to others, or bring the courier to another server, which then has to show the certificate of the collector.",
			makers},
		{"A clock that is wrong", "counts may be told of another hour",
			"A clock may go back never, forward only within bounds; the log has each step, and a record says what its time is worth.",
			"Tests of firmware/warden/calendar; nobody has tried a year on a board.",
			"Whoever rules the time of the network can shift counts by hours, or bring forward the weekly release. Then pairs are told sooner than meant, never twice.",
			makers},
		{"The log as a messenger", "an eye can choose when it ends, and that is written down",
			"Of each way to end, 12 entries at once are made, and then two an hour; what is left out is a number.",
			"go run ./tools/proof -only attacks says how many bits a day that is at most.",
			"An eye that was taken over can say some thousand bits a day by the seconds in which it ends. Each end is in the log, and the collector sees a device that ends all day.",
			makers},
		{"Words of the warden", "exact totals are said when it ends",
			"What the warden says goes to whoever started it, and nowhere else. No crossing has a time in it.",
			"Nobody: who keeps those words is not in our hands.",
			"At an orderly end it says how many crossed since its start, exactly. A journal that keeps it has that number.",
			makers},
		{"Old state that is put back", "a copy of the ledger could release counts again",
			"State and record change together. The head of a room and its doors see numbers that go back, and stop until somebody looks.",
			"Tests of privacy/room and firmware/warden/ledger. That a copy from before the last interval is noticed is not shown.",
			"Somebody with the disk can put back an older ledger. Its records begin a second branch of the chain, which the collector tells, but what was held back then may be released twice.",
			host},
		{"New uses for old counts", "counts of a room can be used against those who were in it",
			"The list of fields is closed: no stay, path, speed, age or sex can be asked for.",
			"go run ./tools/proof compares every field of every message with the list in privacy/DATA.md.",
			"Counts of a room can be used against those who were in it: a lecture, a shift, a strike. No program can forbid it; approval for one purpose and an end date can make it a breach of the rules.",
			host},
		{"Tallies that carry a code in their timing", "an eye that was taken over can hide some bits",
			"A tally has one size and comes each beat; the warden ends an eye that sends too often or says what cannot be.",
			"go run ./tools/proof attacks it, and says how many bits a day are left.",
			"An eye that was taken over can lie about counts and shift its tallies a little. Of that a record lets few bits through: steps of people, and classes; with enough days a thumbnail's worth. Records do not carry the times of tallies on.",
			makers},
		{"The background, in cells", "a coarse grey picture of the floor is in memory while the eye runs",
			"Squares of 40 mm of floor or more, overwritten when the eye stops. It is never sent, written or shown, and no program can ask for it.",
			"go run ./tools/proof tries every configuration for a finer one, and searches for what is left of frames.",
			"It is a coarse picture of the empty floor, and somebody who stands still sinks into it as a grey shape. Who can read the eye's memory can read it.",
			makers},
		{"Faults that nobody has found", "the people who made it made the checks",
			"The source is open, the eye small, and each promise a command that anybody can repeat.",
			"Nobody can. A test shows faults, never that there are none.",
			"The checks were made by the people who made what they check. An investigation from outside has yet to be done.",
			makers},
	}
}

// Incomplete gives the names of risks with an empty part, or one empty name for an empty list.
func Incomplete(list []Risk) (names []string) {
	if len(list) == 0 {
		return []string{""}
	}
	for _, r := range list {
		if r.Name == "" || r.Brief == "" || r.Measure == "" || r.Shown == "" || r.Remains == "" || r.Owner == "" {
			names = append(names, r.Name)
		}
	}
	return names
}
