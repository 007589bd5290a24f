// The position of the stream moves on only after what was missed has been read or resumed.
import { expect, test } from "vitest";
import { StreamPosition } from "../src/data/stream_position";
import type { DataMessage } from "../src/data/types";

const message = (seq: number) => ({ T: "q", symbol: "AAPL", seq }) as unknown as DataMessage;

function started(): { position: StreamPosition; received: number[] } {
  const received: number[] = [];
  const position = new StreamPosition((each) => received.push(each.seq));
  expect(position.open()).toBe(0);
  position.request(true);
  expect(position.answer(10)).toBe(true);
  return { position, received };
}

test("a gap that was not read leaves nothing to resume from", () => {
  const { position, received } = started();
  position.take([message(11), message(12)]);
  expect(received).toEqual([11, 12]);
  expect(position.open()).toBe(0);
});

test("after the read of a gap the stream is resumed from the newest message", () => {
  const { position } = started();
  const mark = position.mark();
  position.take([message(11)]);
  position.closeGap(mark);
  position.take([message(12)]);
  expect(position.open()).toBe(12);
});

test("a read that began before selectors were added does not close the gap", () => {
  const { position } = started();
  const mark = position.mark();
  position.request(true);
  position.closeGap(mark);
  position.take([message(11)]);
  expect(position.open()).toBe(0);
});

test("of several changes of selectors, the answer to the last one asks for a read", () => {
  const { position } = started();
  position.request(false);
  position.request(true);
  expect(position.answer(11)).toBe(false);
  expect(position.answer(12)).toBe(true);
  position.closeGap(position.mark());
  expect(position.open()).toBe(12);
});

test("resumed messages come before those that arrived meanwhile", () => {
  const { position, received } = started();
  position.closeGap(position.mark());
  expect(position.open()).toBe(10);
  position.take([message(14)]);
  position.announce();
  position.take([message(11), message(12)]);
  expect(received).toEqual([11, 12, 14]);
  expect(position.open()).toBe(14);
});

test("where resuming is not possible, all is read again", () => {
  const { position, received } = started();
  position.closeGap(position.mark());
  position.open();
  position.take([message(3)]);
  position.lose(2);
  expect(received).toEqual([3]);
  expect(position.open()).toBe(0);
});
