// Package dialoguetest runs the editors' dialogue tests, in virtual time, and
// walks every way through a pack by itself. It does around the engine what the
// runtime does (inbox, secret filter, matcher, timers, choice of the pack
// release) but keeps nothing, sends nothing and needs no clock.
//
// # The file
//
// The tests of the flow forgot-password stand in tests/forgot-password.yaml of
// the pack's folder:
//
//	flow: forgot-password
//	tests:
//	  the slider does not move:
//	    - user: cant remember my pasword
//	    - bot: where
//	    - click: site
//	  gives up and gets a person:
//	    - at: back_in
//	    - click: no
//	    - end: human
//	      queue: access
//	routes: {change my password: change-password, tell me a joke: none}
//
// A test is a list of lines. It begins with the greeting, in the pack's base
// language. Lines in which something happens begin a turn; lines that expect
// something look at the newest turn.
//
// # What happens
//
//	at: back_in           first line only: the customer is on this step. They came
//	at: lost-phone/what   by the shortest dialogue from the start of the flow, so
//	                      that what was tried and answered on the way is known.
//	                      Where no dialogue leads there the step is begun alone.
//	lang: ru              first, or after at: the test runs in this language.
//	lang: [en, ru]        It runs in each.
//	user: my words        The customer types. {en: …, ru: …} gives words for each.
//	click: site           The customer presses the choice of this id on the newest
//	                      message that has it. A press that no longer counts fails.
//	late_click: where.app The customer scrolls up and presses a choice of an old
//	                      message: step.choice, or guide.instruction.choice.
//	twice: {click: site}  The platform delivers the same thing two times. With click
//	                      it is also tried, beside the test, that a double click (two
//	                      deliveries) changes nothing more.
//	attach: image         The customer sends a file; text: gives it words.
//	wait: 30m             Time passes; what is due comes by itself: reminder, close.
//	restart               The program stops and starts again, from what was stored.
//	publish: next         The pack release in tests/next is published: its files stand
//	                      over those of the pack, an empty one takes a file away. The
//	                      conversation goes over to it when a running one would.
//	open: forgot          The customer opens the chat by this deep link.
//	fact: {closed_access: "yes"}
//	                      The channel or the desk knows this from the next turn on.
//	action: found         The action that is awaited answers so. Without it, 30 s of
//	                      wait count as failed.
//
// # What is expected
//
//	bot: where            The bot says the words of this step. on_site.2 is an
//	bot: on_site.2        instruction, where.idle the reminder, also .why .retry
//	bot: "@moved_on"      .closed; @… are the bot's own messages. A name without a flow
//	bot: lost-phone/what  is a step of the tested flow, and another flow's only when
//	                      the tested one has no such step.
//	  text: the browser   The words hold this as well; without a language it counts
//	                      where the bot speaks the pack's base language.
//	end: solved           The turn ends the conversation: solved, not_solved,
//	end: human            abandoned, or by a hand-over. A hand-over may be looked at:
//	  queue: access         queue and reason of the ticket,
//	  reason: no_code       the flow that the customer came for (goal),
//	  tried: [on_site]      guides that the operator sees as tried, among others,
//	  stuck: on_site.3      the instruction at which the customer gave up.
//	answer: {where: app}  The bot has noted this by now; flow.name for another flow's.
//	never_stored: "4829"  The text stands nowhere in what is kept of the whole test:
//	                      events, states, effects, packets. A user line must hold it.
//
// Several bot lines in a row go through the messages of a turn in order. They
// may leave out messages that only tell something. They may not pass over one
// that asks something, says that an answer does not fit, or is the bot's own
// way to say that something went wrong (not understood, which was meant,
// question moved on, …): such a message needs its own line. A turn without any
// bot line is not looked at.
//
// A test that expects nothing is refused, and so is a never_stored that nobody
// types.
//
// Every test runs a second time with the state going through its stored form
// after each turn; events, states and effects must be the same, to the letter.
//
// # Routes
//
// routes says where texts lead that a customer types first, judged by the real
// matcher. A text passes when it leads straight to its flow, or when the bot
// asks which was meant and offers that flow: the figures count the two apart.
// Anything else fails: another flow, not understood, a person. "none" is a text
// that leads nowhere: not understood passes, a question which was meant counts
// as asked, a flow fails.
//
// # Walks
//
// Walk takes every edge of every flow, and every way that is always there: at
// each question a person, cancel, three texts that nobody understands, silence
// to the reminder and the close and back again; tries used up, a person offered
// to who is stuck, called flows that are cancelled, closed hours, actions that
// fail or never answer. It goes on from each to an end. It finds answers that
// fit by itself, and for a check the answers and facts that its cases need.
//
// # What is found
//
// Mistakes in a test file have the codes of package flows (E01 unknown key, E02
// something named that is not there, E06 YAML trap, …). Findings of a run have
// codes of their own; all but T06 make `latchkey test` fail:
//
//	T01  a test expects one thing and another came
//	T02  a test goes another way when the program restarts after every turn
//	T03  a route leads elsewhere
//	T04  a test, or one of its lines, that cannot fail
//	T05  an edge that neither tests nor walks can take
//	T06  an edge that no editor's test takes
//	T07  a walk that comes to no end
//	T08  a way that is always there and does not lead where it should
package dialoguetest
