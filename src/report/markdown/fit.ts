import { grouped } from '../../analysis/rounding.ts';
import { rowText, type Section, sectionText } from './layout.ts';

/** GitHub refuses a comment on a pull request that has more characters. */
export const MOST_CHARACTERS = 65_536;

/** Where the whole does not fit, no cell and no paragraph is longer. */
const LONGEST_CELL = 800;
/** Two line ends stand between two sections, and before a section's note. */
const BETWEEN = 2;

const SHORTENED = `This summary is shortened to fit a comment of ${grouped(MOST_CHARACTERS)} characters. Each section says how much it leaves out; report.html and results.json hold all of it.`;

/**
 * A document that fits a comment. Where it would not, long texts are cut and sections leave rows out, the longest ones
 * first: none is given less room than another one that is cut. Each says how many rows are missing.
 *
 * @param intro what stands before the sections, with its texts cut to the length given; it is always there
 */
export function fitted(intro: (longest: number) => readonly string[], given: readonly (Section | undefined)[]): string {
  const sections = given.flatMap((section) => (section === undefined ? [] : [section]));
  const all = Number.POSITIVE_INFINITY;
  const whole = joined([...intro(all), ...sections.map((section) => sectionText(section, all))]);
  if (whole.length <= MOST_CHARACTERS) return whole;
  const before = [...intro(LONGEST_CELL), SHORTENED];
  const sized = sections.map(sizedSection);
  const most = mostForEach(sized, MOST_CHARACTERS - joined(before).length);
  return joined([...before, ...sized.map((section) => shortened(section, most))]);
}

const joined = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

interface SizedRow {
  part: number;
  row: number;
  /** With the line ends after it. */
  length: number;
}

interface SizedSection {
  section: Section;
  whole: string;
  /** Those that are kept the longest first. */
  rows: readonly SizedRow[];
  /** Characters without any row, with a note. */
  frame: number;
}

function sizedSection(section: Section): SizedSection {
  const whole = sectionText(section, LONGEST_CELL);
  const rows = section.parts
    .flatMap(({ kind, rows: own }, part) =>
      own.map(({ cells, rank }, row) => ({
        part,
        row,
        rank,
        length: rowText(kind, cells, LONGEST_CELL).length + (kind === 'paragraphs' ? 2 : 1),
      })),
    )
    .toSorted((a, b) => a.rank - b.rank);
  const ofRows = rows.reduce((sum, { length }) => sum + length, 0);
  return { section, whole, rows, frame: whole.length - ofRows + noteOf(rows.length, 0).length + BETWEEN };
}

const noteOf = (rows: number, kept: number): string =>
  `${grouped(rows - kept)} of ${grouped(rows)} rows are left out here.`;

/** The most characters that each section may have so that all of them have room; 0 where not even their frames have. */
function mostForEach(sections: readonly SizedSection[], room: number): number {
  const taken = (most: number) => sections.reduce((sum, section) => sum + BETWEEN + keptRows(section, most).length, 0);
  let fits = 0;
  let tooMany = room + 1;
  while (tooMany - fits > 1) {
    const tried = Math.floor((fits + tooMany) / 2);
    if (taken(tried) <= room) fits = tried;
    else tooMany = tried;
  }
  return fits;
}

/** As many rows as fit, those of the lowest ranks, and the characters of the section that has them. */
function keptRows({ whole, rows, frame }: SizedSection, most: number): { rows: readonly SizedRow[]; length: number } {
  if (whole.length <= most) return { rows, length: whole.length };
  const kept: SizedRow[] = [];
  let length = frame;
  for (const row of rows) {
    if (length + row.length > most) break;
    length += row.length;
    kept.push(row);
  }
  return { rows: kept, length };
}

function shortened(sized: SizedSection, most: number): string {
  const { section, whole, rows } = sized;
  if (whole.length <= most) return whole;
  const kept = keptRows(sized, most).rows;
  const isKept = (part: number, row: number) => kept.some((each) => each.part === part && each.row === row);
  return sectionText(section, LONGEST_CELL, isKept, noteOf(rows.length, kept.length));
}
