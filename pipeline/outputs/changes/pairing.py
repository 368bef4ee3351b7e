"""Which document of one version is which of another, whether the one came from the other or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.outputs.changes.model import Document


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """Documents whose rows are held against each other; one is None when the other has come or gone."""

    old: Document | None
    new: Document | None

    @property
    def source_path(self) -> str:
        """Where the document lies, or lay."""
        told = self.new or self.old
        assert told
        return told.source_path


def pair_documents(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[DocumentPair]:
    """Documents that hold rows: the same file; else the one that replaces it; else another file at the same path."""
    before, now = _live(old), _live(new)
    pairs = [DocumentPair(before[same], now.pop(same)) for same in before if same in now]
    paths = {document.source_path: document for document in now.values()}
    for document in (document for name, document in before.items() if name not in new or new[name].superseded_by):
        later = _successor(document.document_id, new) or paths.get(document.source_path)
        pairs.append(DocumentPair(document, now.pop(later.document_id, None) if later else None))
    pairs += (DocumentPair(None, document) for document in now.values())
    return sorted(pairs, key=lambda pair: pair.source_path)


def _live(documents: Mapping[str, Document]) -> dict[str, Document]:
    return {name: document for name, document in documents.items() if document.superseded_by is None}


def _successor(document_id: str, documents: Mapping[str, Document]) -> Document | None:
    """The document that a superseded one ends in; several may have followed it."""
    document = documents.get(document_id)
    while document is not None and document.superseded_by:
        document = documents.get(document.superseded_by)
    return document
